import Foundation
import Wire

extension RowMapping {
  /// The family: by its template, else by A.
  func familyName(
    _ row: RawTable.Row, isDense: Bool, _ faults: inout [ImportFault]
  ) -> String {
    guard let family else { return isDense ? "dense" : "moe" }
    let name = family.name(for: row).trimmingCharacters(in: .whitespaces)
    if name.isEmpty { faults.append(.emptyText(line: row.line, target: "family")) }
    return name
  }

  /// What tells the architecture apart, as a JSON object: the columns to group by, else the point of
  /// an export, else what is mapped of an MoE's A, G, S, E and E_a.
  func pointText(
    _ row: RawTable.Row, _ numbers: [RunQuantity: Double], in table: RawTable,
    _ faults: inout [ImportFault]
  ) -> String {
    if !group.isEmpty {
      return JSONText.object(group.map { ($0.name, .text(row[$0.column])) })
    }
    if let point {
      return JSONText.object(
        object(row, point, in: table, &faults).map { ($0.name, .text($0.value.description)) })
    }
    if numbers.areOfDenseModel { return JSONText.object([]) }
    return JSONText.object(
      [RunQuantity.activationRatio, .granularity, .sharedRatio, .experts, .topK].compactMap {
        quantity in
        numbers[quantity].map { (quantity.rawValue, .text(Table.Value(number: $0).description)) }
      })
  }

  /// The seed, a whole number.
  func seedNumber(
    _ row: RawTable.Row, in table: RawTable, _ faults: inout [ImportFault]
  ) -> Int64? {
    guard let seed else { return nil }
    let text: String
    if let column = seed.column {
      text = row[column].trimmingCharacters(in: .whitespaces)
    } else {
      text = seed.text
    }
    if text.isEmpty { return nil }
    if let number = Int64(text) ?? Double(text).flatMap(Int64.init(exactly:)) { return number }
    faults.append(.notWhole(line: row.line, target: "seed", column: seed.text, value: text))
    return nil
  }

  /// What is kept beside the numbers that have columns, as a JSON object with sorted keys.
  func extraText(
    _ row: RawTable.Row, _ numbers: [RunQuantity: Double], in table: RawTable,
    _ faults: inout [ImportFault]
  ) -> String {
    var members: [String: Table.Value] = [:]
    if let extra {
      for member in object(row, extra, in: table, &faults) { members[member.name] = member.value }
    }
    for (name, column) in keep { members[name] = Table.Value(cell: row[column]) }
    if let name, !row[name].isEmpty { members["name"] = .text(row[name]) }
    // What an export says of its derivation stays: nothing of it is derived again.
    if convention != .none && members["convention"] == nil {
      members["convention"] = .text(convention.rawValue)
    }
    for quantity in [RunQuantity.experts, .topK] {
      if let number = numbers[quantity] {
        members[quantity.rawValue] = .integer(Int64(number.rounded()))
      }
    }
    return JSONText.object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  /// The members of the JSON object in a cell; an empty cell is an empty one.
  private func object(
    _ row: RawTable.Row, _ column: Int, in table: RawTable, _ faults: inout [ImportFault]
  ) -> [(name: String, value: Table.Value)] {
    let text = row[column]
    if text.isEmpty { return [] }
    guard case .object(let members)? = try? JSONValue(Array(text.utf8)[...]) else {
      faults.append(
        .notAnObjectText(line: row.line, column: table.columns[column], value: text))
      return []
    }
    return members.map { ($0.key, Table.Value($0.value)) }
  }
}
