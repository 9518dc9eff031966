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
    let keys = table.columns.map(quoted)
    return table.rows.map { row in
      let members = zip(keys, row).compactMap { key, value in json(value).map { "\(key):\($0)" } }
      return "{\(members.joined(separator: ","))}\n"
    }.joined()
  }

  private static func line(_ values: [Table.Value]) -> String {
    values.map(cell).joined(separator: ",") + "\n"
  }

  private static func cell(_ value: Table.Value) -> String {
    guard case .text(let text) = value else { return value.description }
    let isPlain =
      !text.isEmpty && text.utf8.allSatisfy { !special.contains($0) } && text.first != " "
      && text.last != " "
    return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
  }

  private static let special = Set("\",\r\n".utf8)

  private static func json(_ value: Table.Value) -> String? {
    switch value {
    case .null: nil
    case .integer(let integer): "\(integer)"
    case .real(let real): "\(real)"
    case .text(let text): quoted(text)
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
