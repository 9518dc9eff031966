/// Rows of text in aligned columns, for people.
struct TextTable {
  /// On which side a column's cells line up: numbers to the right, words to the left.
  enum Alignment { case left, right }

  struct Column {
    var title: String
    var alignment: Alignment
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  /// Titles that begin with `>` head columns of numbers, which line up to the right.
  init(_ titles: [String]) {
    columns = titles.map {
      $0.hasPrefix(">")
        ? Column(title: String($0.dropFirst()), alignment: .right)
        : Column(title: $0, alignment: .left)
    }
  }

  /// Adds a row of as many cells as there are columns.
  mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has a cell for each column")
    rows.append(cells)
  }

  var isEmpty: Bool { rows.isEmpty }

  /// The table with a line of titles, two spaces between columns. Columns without any text are left
  /// out; a line longer than `width` is cut, its last character an ellipsis.
  func rendered(width: Int? = nil) -> String {
    let kept = columns.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    let widths = kept.map { column in
      rows.reduce(columns[column].title.count) { max($0, $1[column].count) }
    }
    let lines = [columns.map(\.title)] + rows
    return lines.map { line in
      let cells = zip(kept, widths).map { column, width in
        Self.pad(line[column], to: width, columns[column].alignment)
      }
      return Self.cut(cells.joined(separator: "  "), to: width)
    }.joined(separator: "\n")
  }

  private static func pad(_ text: String, to width: Int, _ alignment: Alignment) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return alignment == .left ? text + space : space + text
  }

  private static func cut(_ line: String, to width: Int?) -> String {
    let trimmed = String(line.reversed().drop { $0 == " " }.reversed())
    guard let width, trimmed.count > width else { return trimmed }
    return trimmed.prefix(width - 1) + "…"
  }
}
