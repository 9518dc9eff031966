public import Experiment

/// The laws that a plan follows, each a value: published, or fitted from one's own runs.
public struct PlanLaws: Sendable {
  /// EL against A, G and C.
  public var leverage: LeverageModel
  /// M_opt of an MoE model against C.
  public var allocation: PlanLaw
  /// M_opt of a dense model against C.
  public var denseAllocation: PlanLaw
  /// Peak learning rate η of an MoE model against C.
  public var learningRate: PlanLaw
  /// Batch B in tokens of an MoE model against C.
  public var batchTokens: PlanLaw
  /// The loss of dense models against C, where it is known: it turns leverage into a loss.
  public var denseLoss: LossCurve?

  public init(
    leverage: LeverageModel = .ling, allocation: PlanLaw = .published(.flopsPerToken, .moe),
    denseAllocation: PlanLaw = .published(.flopsPerToken, .dense),
    learningRate: PlanLaw = .published(.learningRate, .moe),
    batchTokens: PlanLaw = .published(.batchTokens, .moe), denseLoss: LossCurve? = nil
  ) {
    self.leverage = leverage
    self.allocation = allocation
    self.denseAllocation = denseAllocation
    self.learningRate = learningRate
    self.batchTokens = batchTokens
    self.denseLoss = denseLoss
  }
}

/// A power law of C with where it comes from.
public struct PlanLaw: Hashable, Sendable {
  public var law: PowerLaw
  /// What to name when someone asks where a number is from.
  public var provenance: String
  /// The budgets, FLOPs, that it was fitted on; nil when unknown.
  public var range: FittedRange?

  public init(law: PowerLaw, provenance: String, range: FittedRange? = nil) {
    self.law = law
    self.provenance = provenance
    self.range = range
  }

  /// A published law.
  public init(_ sourced: SourcedLaw) {
    self.init(
      law: sourced.law, provenance: "\(sourced.source.name) \(sourced.source.equation)",
      range: sourced.source.range)
  }

  /// The standard published law of a quantity.
  public static func published(
    _ quantity: PublishedLaw.Quantity, _ kind: PublishedLaw.Kind
  ) -> PlanLaw {
    PlanLaw(PublishedLaws.standard(quantity, for: kind))
  }

  /// Whether `compute` lies outside the budgets that the law was fitted on.
  func isExtrapolated(at compute: Double) -> Bool { range.map { !$0.contains(compute) } ?? false }
}
