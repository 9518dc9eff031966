import Foundation

/// A product of columns and numbers, multiplied and divided from left to right, as `bsz*2048`.
///
/// Columns may hold `*`, `/` and spaces in their names: where one begins, the longest name that fits
/// is taken, so that `train/loss` is that column if there is one.
struct ColumnExpression: Sendable {
  enum Operand: Hashable, Sendable {
    case column(Int)
    case number(Double)
  }

  /// What a row makes of it.
  enum Reading: Hashable {
    case value(Double)
    /// A cell is empty.
    case empty
    case notANumber(column: Int, text: String)
  }

  /// As written.
  let text: String
  private(set) var factors: [(isDivisor: Bool, operand: Operand)] = []

  /// Throws the columns that are not in `table`, with `use` for the message.
  init(_ text: String, in table: RawTable, use: String) throws(ImportFault) {
    self.text = text
    var rest = Substring(text.trimmingCharacters(in: .whitespaces))
    var isDivisor = false
    while true {
      let (operand, after) = try Self.operand(at: rest, in: table, use: use)
      factors.append((isDivisor, operand))
      rest = after.drop(while: \.isWhitespace)
      guard let sign = rest.first else { return }
      isDivisor = sign == "/"
      rest = rest.dropFirst().drop(while: \.isWhitespace)
    }
  }

  /// The one column that it is; none for anything else.
  var column: Int? {
    guard factors.count == 1, case .column(let column) = factors[0].operand else { return nil }
    return column
  }

  /// The columns that it reads.
  var columns: [Int] {
    factors.compactMap { if case .column(let column) = $0.operand { column } else { nil } }
  }

  func reading(of row: RawTable.Row) -> Reading {
    var product = 1.0
    for (place, factor) in factors.enumerated() {
      let value: Double
      switch factor.operand {
      case .number(let number): value = number
      case .column(let column):
        let cell = row[column]
        if cell.isEmpty { return .empty }
        if let number = Double(cell) {
          value = number
        } else {
          let trimmed = cell.trimmingCharacters(in: .whitespaces)
          if trimmed.isEmpty { return .empty }
          guard let number = Double(trimmed) else {
            return .notANumber(column: column, text: cell)
          }
          value = number
        }
      }
      product = place == 0 ? value : factor.isDivisor ? product / value : product * value
    }
    return .value(product)
  }

  /// The operand that `text` begins with, and what follows it.
  private static func operand(
    at text: Substring, in table: RawTable, use: String
  ) throws(ImportFault) -> (Operand, Substring) {
    for end in ends(in: text).reversed() {
      let name = text[..<end].trimmingCharacters(in: .whitespaces)
      if let column = try table.column(named: name, use: use) {
        return (.column(column), text[end...])
      }
    }
    let end = ends(in: text).first ?? text.endIndex
    let word = text[..<end].trimmingCharacters(in: .whitespaces)
    guard let number = Double(word), number.isFinite else {
      throw .unknownColumn(word, use: use, columns: table.columns)
    }
    return (.number(number), text[end...])
  }

  /// Where an operand may end: before each sign, and at the end.
  private static func ends(in text: Substring) -> [Substring.Index] {
    text.indices.filter { text[$0] == "*" || text[$0] == "/" } + [text.endIndex]
  }
}

extension RawTable {
  /// The column called `name`; none where there is none. Throws `.ambiguousColumn`.
  func column(named name: String, use: String) throws(ImportFault) -> Int? {
    let found = columns(named: name)
    guard found.count <= 1 else {
      throw .ambiguousColumn(name, use: use, columns: found.map { columns[$0] })
    }
    return found.first
  }

  /// The column called `name`. Throws `.unknownColumn` and `.ambiguousColumn`.
  func requiredColumn(named name: String, use: String) throws(ImportFault) -> Int {
    guard let column = try column(named: name, use: use) else {
      throw .unknownColumn(name, use: use, columns: columns)
    }
    return column
  }
}
