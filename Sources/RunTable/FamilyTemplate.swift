/// A family's name, in which `{column}` stands for a cell: `dense`, `{router}`, `{router}-{experts}`.
struct FamilyTemplate: Sendable {
  private enum Piece: Sendable {
    case text(String)
    case column(Int)
  }

  private var pieces: [Piece] = []

  init(_ text: String, in table: RawTable) throws(ImportFault) {
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { throw .badTemplate(text) }
      let name = rest[rest.index(after: open)..<close]
      pieces.append(.text(String(rest[..<open])))
      pieces.append(
        .column(try table.requiredColumn(named: String(name), use: "--family \(text)")))
      rest = rest[rest.index(after: close)...]
    }
    guard !rest.contains("}"), !text.isEmpty else { throw .badTemplate(text) }
    pieces.append(.text(String(rest)))
  }

  /// The cell of one column.
  init(column: Int) { pieces = [.column(column)] }

  func name(for row: RawTable.Row) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .column(let column): row[column]
      }
    }.joined()
  }
}
