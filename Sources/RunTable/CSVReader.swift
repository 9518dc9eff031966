import Foundation

/// A reader of RFC 4180. SwiftCSV 0.10 would do but for its errors: they carry no line, it takes an
/// unclosed quote for the end of the file, and fills rows that are too short.
struct CSVReader {
  private let bytes: [UInt8]
  private var position: Int
  /// The line at `position`, from 1.
  private var line = 1

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private init(_ data: Data) {
    bytes = Array(data)
    position = bytes.starts(with: Self.byteOrderMark) ? 3 : 0
  }

  /// The columns that the first record names, the others as rows, and what is malformed.
  static func read(
    _ data: Data
  ) -> (columns: [String], rows: [RawTable.Row], faults: [ImportFault]) {
    var reader = CSVReader(data)
    var faults: [ImportFault] = []
    guard let header = reader.record(&faults) else { return ([], [], faults) }
    let columns = header.cells.map { $0.trimmingCharacters(in: .whitespaces) }
    var seen: Set<String> = []
    for column in columns where !column.isEmpty && !seen.insert(column).inserted {
      faults.append(.repeatedColumn(column))
    }
    var rows: [RawTable.Row] = []
    while let row = reader.record(&faults) {
      if row.cells.count == columns.count {
        rows.append(row)
      } else {
        faults.append(
          .wrongWidth(line: row.line, cells: row.cells.count, columns: columns.count))
      }
    }
    return (columns, rows, faults)
  }

  /// The next record that is well formed and not blank; none at the end.
  private mutating func record(_ faults: inout [ImportFault]) -> RawTable.Row? {
    while position < bytes.count {
      let start = line
      var cells: [String] = []
      var fault: ImportFault?
      repeat {
        if position < bytes.count && bytes[position] == Self.quote {
          cells.append(quotedCell(startingOn: start, &fault))
        } else {
          cells.append(plainCell())
        }
      } while consumeComma()
      consumeLineEnd()
      if let fault {
        faults.append(fault)
      } else if cells != [""] {
        return RawTable.Row(line: start, cells: cells)
      }
    }
    return nil
  }

  private mutating func plainCell() -> String {
    let start = position
    while position < bytes.count, bytes[position] != Self.comma, !isLineEnd(bytes[position]) {
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// A cell in quotes, in which a quote is written twice and lines may end.
  private mutating func quotedCell(startingOn start: Int, _ fault: inout ImportFault?) -> String {
    var cell: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      guard byte == Self.quote else {
        if byte == UInt8(ascii: "\n") { line += 1 }
        cell.append(byte)
        continue
      }
      guard position < bytes.count, bytes[position] == Self.quote else {
        let rest = plainCell()
        if !rest.allSatisfy(\.isWhitespace) { fault = .textAfterQuote(line: start, text: rest) }
        return String(decoding: cell, as: UTF8.self)
      }
      cell.append(Self.quote)
      position += 1
    }
    fault = .unclosedQuote(line: start)
    return ""
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private mutating func consumeComma() -> Bool {
    guard position < bytes.count, bytes[position] == Self.comma else { return false }
    position += 1
    return true
  }

  /// `\n`, `\r\n` or `\r`.
  private mutating func consumeLineEnd() {
    guard position < bytes.count else { return }
    line += 1
    let isReturn = bytes[position] == UInt8(ascii: "\r")
    position += 1
    if isReturn, position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
  }
}
