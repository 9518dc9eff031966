import Foundation

/// A reader of JSON objects, one a line or in one array; nested keys become `outer.inner`.
struct JSONReader {
  private let format: TableFormat
  private var columns: [String] = []
  private var places: [String: Int] = [:]

  private init(format: TableFormat) { self.format = format }

  /// The columns in the order in which the rows bring them, the rows, and what is malformed.
  static func read(
    _ data: Data, format: TableFormat
  ) -> (columns: [String], rows: [RawTable.Row], faults: [ImportFault]) {
    var reader = JSONReader(format: format)
    var rows: [RawTable.Row] = []
    var faults: [ImportFault] = []
    for (line, value) in values(Array(data), &faults) {
      if case .object(let members) = value {
        rows.append(reader.row(members, line: line))
      } else {
        faults.append(.notAnObject(line: line))
      }
    }
    return (reader.columns, rows, faults)
  }

  /// The rows' values with the lines that they stand on; elements of an array with their places.
  private static func values(
    _ bytes: [UInt8], _ faults: inout [ImportFault]
  ) -> [(Int, JSONValue)] {
    var found: [(Int, JSONValue)] = []
    if let first = bytes.firstIndex(where: { !UInt8.isSpace($0) }),
      bytes[first] == UInt8(ascii: "[")
    {
      var scanner = JSONScanner(bytes[first...])
      do {
        for (index, value) in try scanner.elements().enumerated() {
          found.append((index + 1, value))
        }
        try scanner.end()
      } catch {
        let line = bytes[..<(first + error.offset)].count { $0 == UInt8(ascii: "\n") } + 1
        faults.append(.notJSON(line: line, reason: error.reason))
      }
      return found
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.allSatisfy(UInt8.isSpace) {
      do {
        found.append((index + 1, try JSONValue(line)))
      } catch {
        faults.append(.notJSON(line: index + 1, reason: error.reason))
      }
    }
    return found
  }

  private mutating func row(_ members: [JSONValue.Member], line: Int) -> RawTable.Row {
    var row = RawTable.Row(line: line, cells: [])
    row.cells.reserveCapacity(columns.count)
    add(members, under: "", to: &row)
    return row
  }

  private mutating func add(
    _ members: [JSONValue.Member], under prefix: String, to row: inout RawTable.Row
  ) {
    for member in members {
      let name = prefix + member.key
      switch member.value {
      case .null: set(name, "", in: &row)
      case .bool(let isTrue): set(name, isTrue ? "true" : "false", in: &row)
      case .number(let text), .string(let text), .array(let text): set(name, text, in: &row)
      case .object(let inner):
        // W&B wraps each setting of a run's config file in an object with its description.
        if format == .wandb, prefix == "config.",
          let setting = inner.first(where: { $0.key == "value" })
        {
          add([.init(key: member.key, value: setting.value)], under: prefix, to: &row)
        } else {
          add(inner, under: name + ".", to: &row)
        }
      }
    }
  }

  private mutating func set(_ column: String, _ text: String, in row: inout RawTable.Row) {
    let place = places[column] ?? columns.count
    if place == columns.count {
      places[column] = place
      columns.append(column)
    }
    while row.cells.count <= place { row.cells.append("") }
    row.cells[place] = text
  }
}
