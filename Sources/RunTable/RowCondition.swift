import Foundation

/// A condition on a cell, as `split=train` or `loss!=NaN`.
struct RowCondition: Sendable {
  private let column: Int
  private let value: String
  private let isEqual: Bool

  init(_ text: String, in table: RawTable) throws(ImportFault) {
    guard let sign = text.firstIndex(of: "=") else { throw .notACondition(text) }
    var name = text[..<sign]
    isEqual = name.last != "!"
    if !isEqual { name = name.dropLast() }
    column = try table.requiredColumn(
      named: name.trimmingCharacters(in: .whitespaces), use: "--where \(text)")
    value = text[text.index(after: sign)...].trimmingCharacters(in: .whitespaces)
  }

  /// Whether `row` meets it: cells are equal as text, or as numbers where both are.
  func holds(for row: RawTable.Row) -> Bool {
    let cell = row[column].trimmingCharacters(in: .whitespaces)
    let numbers = (Double(cell), Double(value))
    let isSame =
      if case (let a?, let b?) = numbers { a == b || cell == value } else { cell == value }
    return isSame == isEqual
  }
}
