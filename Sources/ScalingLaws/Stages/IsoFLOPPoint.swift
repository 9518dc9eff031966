/// How the size of a model is counted on an isoFLOP profile.
public enum SizeMeasure: String, Hashable, Codable, Sendable {
  /// N, parameters, with C = k·N·D.
  case parameters
  /// M, training FLOPs per token, with C = M·D.
  case flopsPerToken = "flops_per_token"

  /// The quantity that the allocation law gives.
  public var variable: LawVariable {
    switch self {
    case .parameters: .parameterCount
    case .flopsPerToken: .flopsPerToken
    }
  }
}

/// The loss of one model size at one budget.
public struct IsoFLOPPoint: Hashable, Codable, Sendable {
  public var run: Int64
  /// Nominal C, FLOPs: what a profile shares.
  public var budget: Double
  /// N or M.
  public var size: Double
  /// D.
  public var tokens: Double
  public var loss: Double

  public init(run: Int64, budget: Double, size: Double, tokens: Double, loss: Double) {
    self.run = run
    self.budget = budget
    self.size = size
    self.tokens = tokens
    self.loss = loss
  }

  /// - Throws: `invalidObservation`.
  func validate() throws(ScalingLawsError) {
    for (name, value) in [("C", budget), ("size", size), ("D", tokens), ("loss", loss)]
    where !(value.isFinite && value > 0) {
      throw .invalidObservation(
        run: run, quantity: name, value: value, domain: "a finite value above 0 is required")
    }
  }
}
