import Foundation
import Wire

/// A mapping that fits a table's columns.
struct RowMapping: Sendable {
  /// Target and expression, as the registry keeps them.
  private(set) var texts: [String: String] = [:]
  private(set) var quantities: [(quantity: RunQuantity, expression: ColumnExpression)] = []
  private(set) var seed: ColumnExpression?
  private(set) var family: FamilyTemplate?
  private(set) var name: Int?
  /// Columns whose cells are JSON objects.
  private(set) var point: Int?
  private(set) var extra: Int?
  private(set) var group: [(name: String, column: Int)] = []
  private(set) var keep: [(name: String, column: Int)] = []
  private(set) var conditions: [RowCondition] = []
  let convention: Convention

  /// Names under which the registry keeps what it knows of an imported run itself.
  private static let reserved: Set<String> = ["name", "convention", "experts", "top_k"]

  /// None when anything is wrong, which is added to `faults`.
  init?(_ mapping: ImportMapping, in table: RawTable, _ faults: inout [ImportFault]) {
    convention = mapping.convention
    let before = faults.count
    var log = FaultLog()
    for assignment in mapping.assignments {
      log.note { () throws(ImportFault) in try assign(assignment, in: table) }
    }
    if mapping.assignments.isEmpty { takeNamesakes(in: table, &log) }
    log.note { () throws(ImportFault) in
      guard let text = mapping.family else { return }
      guard family == nil || mapping.assignments.isEmpty else { throw .repeatedTarget("family") }
      family = try FamilyTemplate(text, in: table)
    }
    for column in mapping.group where !group.contains(where: { $0.name == column }) {
      log.note { () throws(ImportFault) in
        group.append((column, try table.requiredColumn(named: column, use: "--group \(column)")))
      }
    }
    for column in mapping.keep {
      log.note { () throws(ImportFault) in
        guard !Self.reserved.contains(column) else { throw .reservedName(column) }
        keep.append((column, try table.requiredColumn(named: column, use: "--keep \(column)")))
      }
    }
    for text in mapping.conditions {
      log.note { () throws(ImportFault) in conditions.append(try RowCondition(text, in: table)) }
    }
    if name == nil, let column = table.format.nameColumn(in: table.columns) {
      name = table.columns.firstIndex(of: column)
      texts["name"] = column
    }
    if log.faults.isEmpty { log.faults += missing(in: table) }
    faults += log.faults
    if faults.count > before { return nil }
  }

  /// `TARGET=EXPRESSION`.
  private mutating func assign(_ text: String, in table: RawTable) throws(ImportFault) {
    guard let sign = text.firstIndex(of: "=") else { throw .notAnAssignment(text) }
    let name = text[..<sign].trimmingCharacters(in: .whitespaces)
    let expression = text[text.index(after: sign)...].trimmingCharacters(in: .whitespaces)
    guard !expression.isEmpty else { throw .notAnAssignment(text) }
    guard let target = ImportTarget(name) else { throw .unknownTarget(name) }
    guard texts[target.name] == nil else { throw .repeatedTarget(target.name) }
    try set(
      target,
      to: ColumnExpression(expression, in: table, use: "--map \(name)=\(expression)"))
  }

  /// Columns that are named as targets are: a table that `export` wrote needs no mapping.
  private mutating func takeNamesakes(in table: RawTable, _ log: inout FaultLog) {
    for target in ImportTarget.all where table.columns.contains(target.name) {
      log.note { () throws(ImportFault) in
        try set(target, to: ColumnExpression(target.name, in: table, use: target.name))
      }
    }
    if texts.isEmpty { log.faults.append(.nothingMapped(columns: table.columns)) }
  }

  private mutating func set(
    _ target: ImportTarget, to expression: ColumnExpression
  ) throws(ImportFault) {
    texts[target.name] = expression.text
    if case .quantity(let quantity) = target {
      quantities.append((quantity, expression))
      return
    }
    if target == .seed, expression.factors.count == 1 {
      seed = expression
      return
    }
    guard let column = expression.column else {
      throw .notOneColumn(target: target.name, expression: expression.text)
    }
    switch target {
    case .family: family = FamilyTemplate(column: column)
    case .name: name = column
    case .point: point = column
    case .extra: extra = column
    case .quantity, .seed: break
    }
  }

  /// What no row could have: a loss, and C.
  private func missing(in table: RawTable) -> [ImportFault] {
    var faults: [ImportFault] = []
    let mapped = Set(quantities.map(\.quantity))
    if mapped.isDisjoint(with: RunQuantity.losses) { faults.append(.noLossMapped) }
    var numbers = Dictionary(uniqueKeysWithValues: mapped.map { ($0, 1.0) })
    convention.complete(&numbers)
    if numbers[.flops] == nil && convention != .none {
      faults.append(.noComputeMapped(convention))
    }
    return faults
  }
}

/// Gathers what several steps throw.
private struct FaultLog {
  var faults: [ImportFault] = []

  mutating func note(_ step: () throws(ImportFault) -> Void) {
    do { try step() } catch { faults.append(error) }
  }
}
