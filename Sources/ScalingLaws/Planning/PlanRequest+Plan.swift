import Experiment
import Foundation

extension PlanRequest {
  /// The plan by `laws`: M from the allocation law or the tokens, the shape of highest predicted EL
  /// at that M, η and B from their laws at C.
  ///
  /// - Throws: `PlanError`, with the nearest that is possible.
  public func plan(by laws: PlanLaws = PlanLaws()) throws(PlanError) -> ModelPlan {
    try validate()
    let compute = budget.compute
    let search = try search(by: laws)
    let shape = try search.best(fromTokens: tokens != nil)
    let modelFLOPs = Double(shape.trainingFLOPsPerToken())

    let learningRate = try value(of: laws.learningRate, "η", at: compute)
    let batch = try value(of: laws.batchTokens, "B", at: compute)
    let sequences = max(1, (batch / Double(shape.seqLen)).rounded())
    let batchTokens = sequences * Double(shape.seqLen)
    let steps = ((tokens ?? compute / modelFLOPs) / batchTokens).rounded()
    guard steps < 1e12 else {
      throw .unusable(
        quantity: "steps", value: steps, compute: compute, law: laws.batchTokens.provenance)
    }
    guard steps >= Self.fewestSteps else {
      throw .tooFewSteps(
        steps: Int(steps), batchTokens: Int(batchTokens), needed: Int(Self.fewestSteps))
    }
    let realised = modelFLOPs * steps * batchTokens
    let point = PlannedModel(shape: shape, compute: realised)
    let leverage = try point.leverage(by: laws.leverage)
    guard leverage > 0, leverage < 1e6 else {
      throw .unusable(
        quantity: "EL", value: leverage, compute: realised, law: laws.leverage.provenance)
    }
    let denseCompute = leverage * realised
    let denseModelFLOPs =
      try tokens == nil
      ? value(of: laws.denseAllocation, "M", at: denseCompute)
      : denseCompute / (steps * batchTokens)
    return ModelPlan(
      budget: budget,
      allocation: tokens.map { .tokens($0) } ?? .law(laws.allocation.provenance),
      targetModelFLOPs: search.target, architecture: shape,
      learningRate: Double(String(format: "%.4e", learningRate)) ?? learningRate,
      batchSequences: Int(sequences), steps: Int(steps), leverage: leverage,
      interval: try point.interval(by: laws.leverage),
      intervalBasis: laws.leverage.intervalBasis,
      loss: laws.denseLoss?.loss(at: denseCompute),
      dense: DenseEquivalent(
        compute: denseCompute, modelFLOPs: denseModelFLOPs, constraints: constraints),
      alternatives: try search.alternatives(to: shape, compute: realised),
      provenance: provenance(by: laws),
      flags: flags(of: shape, compute: realised, denseCompute: denseCompute, by: laws))
  }

  /// With fewer, rounding to whole steps moves C by over 0.5 %.
  private static let fewestSteps = 100.0

  /// The search with its M and the ranges of A and G.
  func search(by laws: PlanLaws) throws(PlanError) -> ShapeSearch {
    let compute = budget.compute
    let target =
      if let tokens { compute / tokens } else {
        try value(of: laws.allocation, "M", at: compute)
      }
    return ShapeSearch(
      constraints: constraints, leverage: laws.leverage, compute: compute, target: target,
      activation: try allowed(
        "A", constraints.activation, slack: 1.02, fitted: laws.leverage.activation, by: laws),
      granularity: try allowed(
        "G", constraints.granularity, slack: 1.1, fitted: laws.leverage.granularity, by: laws),
      heldActivation: constraints.activation?.held, heldGranularity: constraints.granularity?.held)
  }

  /// The range to search, inside the fitted one unless extrapolation is allowed.
  private func allowed(
    _ quantity: String, _ asked: RatioChoice?, slack: Double, fitted: FittedRange, by laws: PlanLaws
  ) throws(PlanError) -> FittedRange {
    guard let asked else { return fitted }
    for value in [asked.bounds.lowerBound, asked.bounds.upperBound]
    where !allowsExtrapolation && !fitted.contains(value) {
      throw .outsideFit(
        quantity: quantity, value: value, fitted: fitted, law: laws.leverage.provenance)
    }
    guard case .value(let value) = asked else {
      return FittedRange(asked.bounds.lowerBound, asked.bounds.upperBound)
    }
    let near = FittedRange(value / slack, value * slack)
    return allowsExtrapolation
      ? near : FittedRange(max(near.lower, fitted.lower), min(near.upper, fitted.upper))
  }

  private func value(
    of law: PlanLaw, _ quantity: String, at compute: Double
  ) throws(PlanError) -> Double {
    let value = law.law(compute)
    guard value > 0, value < 1e14 else {
      throw .unusable(quantity: quantity, value: value, compute: compute, law: law.provenance)
    }
    return value
  }

  private func provenance(by laws: PlanLaws) -> [PlanQuantity: String] {
    [
      .modelFLOPs: tokens.map { "C / D with D = \($0.readable) tokens" }
        ?? laws.allocation.provenance,
      .learningRate: laws.learningRate.provenance,
      .batchTokens: laws.batchTokens.provenance,
      .leverage: laws.leverage.provenance,
      .dense: tokens == nil ? laws.denseAllocation.provenance : "C_dense / D, the same tokens",
    ]
  }

  private func flags(
    of shape: Architecture, compute: Double, denseCompute: Double, by laws: PlanLaws
  ) -> [PlanFlag] {
    let model = laws.leverage
    let checks: [(PlanFlag, Bool)] = [
      (.allocationExtrapolated, tokens == nil && laws.allocation.isExtrapolated(at: compute)),
      (.learningRateExtrapolated, laws.learningRate.isExtrapolated(at: compute)),
      (.batchExtrapolated, laws.batchTokens.isExtrapolated(at: compute)),
      (.leverageExtrapolated, !model.compute.contains(compute)),
      (
        .activationAtEdge,
        constraints.activation == nil
          && shape.activationRatio().doubleValue < model.activation.lower * 1.05
      ),
      (
        .activationExtrapolated,
        !model.activation.contains(shape.activationRatio().doubleValue)
      ),
      (
        .granularityExtrapolated,
        !(shape.granularity.map { model.granularity.contains($0.doubleValue) } ?? true)
      ),
      (.denseExtrapolated, tokens == nil && laws.denseAllocation.isExtrapolated(at: denseCompute)),
    ]
    return checks.filter(\.1).map(\.0)
  }
}
