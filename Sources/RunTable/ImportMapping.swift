public import Wire

/// How a person says what the columns of a file are.
public struct ImportMapping: Sendable {
  /// `TARGET=EXPRESSION` each. When there are none, columns that are named as an export's are taken.
  public var assignments: [String]
  /// A family's name, in which `{column}` stands for a cell; without it `dense` or `moe`, by A.
  public var family: String?
  /// Columns that tell architectures apart.
  public var group: [String]
  /// Columns that are kept as they are.
  public var keep: [String]
  /// `COLUMN=VALUE` or `COLUMN!=VALUE` each: the rows that meet all of them are taken.
  public var conditions: [String]
  public var convention: Convention

  public init(
    assignments: [String] = [], family: String? = nil, group: [String] = [], keep: [String] = [],
    conditions: [String] = [], convention: Convention = .paper
  ) {
    self.assignments = assignments
    self.family = family
    self.group = group
    self.keep = keep
    self.conditions = conditions
    self.convention = convention
  }

  /// What came of a file.
  public struct Result: Sendable {
    /// In the order of the file.
    public var runs: [ImportedRun]
    /// Target and expression, those included that were taken by their names.
    public var mapping: [String: String]
    /// Rows that the conditions, and rows that the tracker's state, left out.
    public var filtered: Int
    public var unfinished: Int
  }

  /// The runs of `table`.
  ///
  /// - Throws: `ImportRefusal` with everything that is wrong; one faulty row refuses all.
  public func runs(of table: RawTable) throws(ImportRefusal) -> Result {
    var faults = table.faults
    guard !table.columns.isEmpty else {
      throw ImportRefusal(file: table.file, faults: faults)
    }
    let mapping = RowMapping(self, in: table, &faults)
    guard let mapping else { throw ImportRefusal(file: table.file, faults: faults) }
    var runs: [ImportedRun] = []
    runs.reserveCapacity(table.rows.count)
    var filtered = 0
    for row in table.rows {
      guard mapping.conditions.allSatisfy({ $0.holds(for: row) }) else {
        filtered += 1
        continue
      }
      if let run = mapping.run(row, in: table, &faults) { runs.append(run) }
    }
    if runs.isEmpty && faults.isEmpty {
      faults = [.noRows(read: table.rows.count + table.unfinished)]
    }
    guard faults.isEmpty else {
      throw ImportRefusal(file: table.file, faults: faults.sorted { $0.place < $1.place })
    }
    return Result(
      runs: runs, mapping: mapping.texts, filtered: filtered, unfinished: table.unfinished)
  }
}

extension ImportFault {
  /// Faults of the whole come first, then those of rows in their order.
  fileprivate var place: Int { line ?? 0 }
}
