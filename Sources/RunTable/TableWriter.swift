public import Wire

/// Rows as text that other programs read: numbers in the fewest digits that read back the same.
public enum TableWriter {
  /// RFC 4180 with line feeds, a header line first; nothing stands for null, `""` for an empty text.
  public static func csv(_ table: Table, header: Bool = true) -> String {
    var text = header ? line(table.columns.map(Table.Value.text)) : ""
    for row in table.rows { text += line(row) }
    return text
  }

  /// One JSON object a line, its keys in the order of the columns; null members are left out.
  public static func jsonLines(_ table: Table) -> String {
    table.rows.map { JSONText.object(Array(zip(table.columns, $0))) + "\n" }.joined()
  }

  private static func line(_ values: [Table.Value]) -> String {
    values.map(cell).joined(separator: ",") + "\n"
  }

  private static func cell(_ value: Table.Value) -> String {
    guard case .text(let text) = value else { return value.shortest }
    let isPlain =
      !text.isEmpty && text.utf8.allSatisfy { !special.contains($0) } && text.first != " "
      && text.last != " "
    return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
  }

  private static let special = Set("\",\r\n".utf8)
}
