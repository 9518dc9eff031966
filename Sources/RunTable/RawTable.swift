public import Foundation

/// A file of runs as cells of text, before any of them means anything.
public struct RawTable: Sendable {
  /// One run. Cells beyond the end of `cells` are empty.
  struct Row: Sendable {
    /// The line that it begins on; in a JSON array, its place from 1.
    var line: Int
    var cells: [String]

    subscript(column: Int) -> String { column < cells.count ? cells[column] : "" }
  }

  /// The file's name, for messages.
  public let file: String
  public let format: TableFormat
  var columns: [String]
  var rows: [Row]
  /// What is wrong with the file's form: the rows that it concerns are not in `rows`.
  var faults: [ImportFault]
  /// Rows left out because the tracker says that their run has not finished.
  public private(set) var unfinished = 0

  /// Reads `data`, the content of `file`, as `format`; what is malformed is kept as a fault.
  public init(_ data: Data, file: String, format: TableFormat) {
    self.file = file
    self.format = format
    var reading: (columns: [String], rows: [Row], faults: [ImportFault])
    if String(validating: data, as: UTF8.self) == nil {
      reading = ([], [], [.notUTF8])
    } else if format.isJSON(data) {
      reading = JSONReader.read(data, format: format)
    } else {
      reading = CSVReader.read(data)
    }
    if reading.columns.isEmpty && reading.faults.isEmpty { reading.faults = [.empty] }
    (columns, rows, faults) = reading
    if let column = format.stateColumn(in: columns) {
      let count = rows.count
      rows.removeAll { !["", "finished"].contains($0[column].lowercased()) }
      unfinished = count - rows.count
    }
  }

  /// The columns that `name` stands for: the one of that name, else those that a tracker keeps under
  /// it with a prefix, as `params.lr` for `lr`.
  func columns(named name: String) -> [Int] {
    if let exact = columns.firstIndex(of: name) { return [exact] }
    return columns.indices.filter { index in
      format.prefixes.contains { columns[index] == $0 + name }
    }
  }
}
