import Foundation

/// What a setting's law is evaluated at.
struct RunSize {
  /// C, the budget.
  var compute: Double
  /// N, without the vocabulary.
  var parameters: Double
  /// D = C / M, before rounding to whole batches.
  var tokens: Double
}

extension FamilyExpansion {
  /// The law behind a setting; a number is a constant one.
  func law(for quantity: SettingQuantity) throws(ExpansionError) -> ResolvedLaw {
    switch family.source(of: quantity) {
    case .number(let value):
      return ResolvedLaw(
        law: .ofCompute(PowerLaw(a: value, b: 0)), provenance: "the grid: \(value)")
    case .power(let power):
      return ResolvedLaw(
        law: .ofCompute(power), provenance: "the grid: \(power.a) * C^\(power.b)")
    case .law(let reference):
      let request = LawRequest(
        reference: reference, quantity: quantity, kind: family.kind, family: family.name)
      guard let law = resolved.laws[request] else {
        throw .unresolved(reference, quantity: quantity, family: family.name)
      }
      return law
    }
  }

  /// A setting's value at `size`, times the point's multiple of it.
  func value(
    of quantity: SettingQuantity, at size: RunSize, times multiple: Ratio?
  ) throws(ExpansionError) -> Double {
    let value =
      switch try law(for: quantity).law {
      case .ofCompute(let power): power(size.compute)
      case .ofShape(let a, let n, let d): a * pow(size.parameters, n) * pow(size.tokens, d)
      }
    return try usable(value * (multiple ?? .one).doubleValue, quantity, size.compute)
  }

  /// Refuses what is not a positive number, or not of this world.
  func usable(
    _ value: Double, _ quantity: SettingQuantity, _ budget: Double
  ) throws(ExpansionError) -> Double {
    guard value > 0, value < 1e14 else {
      throw .unusable(quantity, value: value, family: family.name, budget: budget)
    }
    return value
  }

  /// Where each setting comes from, with the point's multiple of it.
  func provenance(at point: GridPoint) throws(ExpansionError) -> [SettingQuantity: String] {
    var provenance: [SettingQuantity: String] = [:]
    for quantity in SettingQuantity.allCases {
      let multiple =
        switch quantity {
        case .modelFLOPs: point[.scale]
        case .learningRate: point[.learningRate]
        case .batchTokens: point[.batch]
        }
      let source = try law(for: quantity).provenance
      provenance[quantity] = multiple.map { "\(source), times \($0)" } ?? source
    }
    return provenance
  }

  /// What deserves a second look in `run`.
  func flags(of run: PlannedRun) throws(ExpansionError) -> [PlannedRun.Flag] {
    func outside(_ quantity: SettingQuantity) throws(ExpansionError) -> Bool {
      try law(for: quantity).fittedRange.map { !$0.contains(run.budget) } ?? false
    }
    var flags: [PlannedRun.Flag] = []
    if try outside(.modelFLOPs) { flags.append(.allocationExtrapolated) }
    if try outside(.learningRate) { flags.append(.learningRateExtrapolated) }
    if try outside(.batchTokens) { flags.append(.batchExtrapolated) }
    if abs(run.baseError) > ShapeSolver.goodError { flags.append(.modelFLOPsNotConstant) }
    if abs(run.targetError) > ShapeSolver.goodError { flags.append(.modelFLOPsOffTarget) }
    if let granularity = run.spec.architecture.granularity, run.point[.attentionShare] == nil {
      let nominal = run.point[.granularity] ?? family.base.granularity
      if abs(granularity.doubleValue / nominal.doubleValue - 1) > 0.1 {
        flags.append(.granularityOffNominal)
      }
    }
    if abs(run.compute / run.budget - 1) > 0.02 { flags.append(.computeOffBudget) }
    if run.spec.steps < 100 { flags.append(.fewSteps) }
    return flags
  }
}

extension Double {
  /// Five significant digits: a power's last bit differs between machines, a run's identity must
  /// not.
  var roundedForIdentity: Double {
    Double(String(format: "%.4e", self)) ?? self
  }
}
