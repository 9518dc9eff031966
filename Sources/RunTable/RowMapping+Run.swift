import Foundation
import Wire

extension RowMapping {
  /// The run that `row` is; none when anything is wrong with it, which is added to `faults`.
  func run(
    _ row: RawTable.Row, in table: RawTable, _ faults: inout [ImportFault]
  ) -> ImportedRun? {
    let before = faults.count
    var numbers = given(row, in: table, &faults)
    guard faults.count == before else { return nil }
    let activation = Self.activation(numbers, line: row.line, &faults)
    if let activation { numbers[.activationRatio] = activation }
    convention.complete(&numbers)
    check(numbers, row, in: table, &faults)
    let run = ImportedRun(
      family: familyName(row, isDense: numbers.areOfDenseModel, &faults),
      point: pointText(row, numbers, in: table, &faults),
      seed: seedNumber(row, in: table, &faults), numbers: Self.stored(numbers),
      extra: extraText(row, numbers, in: table, &faults))
    return faults.count == before ? run : nil
  }

  /// The numbers whose cells are not empty, each in its domain.
  private func given(
    _ row: RawTable.Row, in table: RawTable, _ faults: inout [ImportFault]
  ) -> [RunQuantity: Double] {
    var numbers: [RunQuantity: Double] = [:]
    for (quantity, expression) in quantities {
      switch expression.reading(of: row) {
      case .empty: continue
      case .notANumber(let column, let text):
        faults.append(.notANumber(line: row.line, column: table.columns[column], value: text))
      case .value(let value) where quantity.domain.contains(value): numbers[quantity] = value
      case .value(let value):
        faults.append(
          .outOfDomain(
            line: row.line, quantity: quantity, expression: expression.text, value: value))
      }
    }
    return numbers
  }

  /// A = E_a / E, where it is not given; 1 where there is at most one expert.
  private static func activation(
    _ numbers: [RunQuantity: Double], line: Int, _ faults: inout [ImportFault]
  ) -> Double? {
    guard numbers[.activationRatio] == nil, let experts = numbers[.experts]?.rounded() else {
      return nil
    }
    guard experts > 1 else { return 1 }
    guard let topK = numbers[.topK]?.rounded(), topK > 0 else { return nil }
    guard topK <= experts else {
      faults.append(.tooManyActive(line: line, topK: Int(topK), experts: Int(experts)))
      return nil
    }
    return topK / experts
  }

  /// Whether the run has a loss and its C, and C is M·D within 1 %.
  private func check(
    _ numbers: [RunQuantity: Double], _ row: RawTable.Row, in table: RawTable,
    _ faults: inout [ImportFault]
  ) {
    let line = row.line
    func empty(_ wanted: (RunQuantity) -> Bool) -> [String] {
      quantities.filter { wanted($0.quantity) && numbers[$0.quantity] == nil }
        .map(\.expression.text)
    }
    if RunQuantity.losses.allSatisfy({ numbers[$0] == nil }) {
      faults.append(.noLoss(line: line, columns: empty(RunQuantity.losses.contains)))
    }
    guard convention != .none else { return }
    guard let flops = numbers[.flops] else {
      let isHidden =
        convention == .sixN && numbers[.parameters] != nil && numbers[.activeParameters] == nil
        && !numbers.areOfDenseModel && numbers[.tokens] != nil
      let inputs: [RunQuantity] = [.flops, .flopsPerToken, .tokens, .parameters, .activeParameters]
      faults.append(
        isHidden
          ? .activeUnknown(line: line)
          : .noCompute(line: line, convention: convention, columns: empty(inputs.contains)))
      return
    }
    if let flopsPerToken = numbers[.flopsPerToken], let tokens = numbers[.tokens],
      abs(flops / (flopsPerToken * tokens) - 1) > 0.01
    {
      faults.append(
        .contradiction(line: line, flops: flops, flopsPerToken: flopsPerToken, tokens: tokens))
    }
  }

  /// Counts as whole numbers, and the budget that the run is grouped by: C to three digits where
  /// none is given.
  private static func stored(_ numbers: [RunQuantity: Double]) -> [RunQuantity: Double] {
    var stored = numbers
    for (quantity, value) in numbers {
      if case .count = quantity.domain { stored[quantity] = value.rounded() }
    }
    if stored[.budget] == nil { stored[.budget] = numbers[.flops].map(rounded) }
    return stored
  }

  private static func rounded(_ value: Double) -> Double {
    Double(String(format: "%.2e", value)) ?? value
  }
}
