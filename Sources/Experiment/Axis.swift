/// One dimension that a grid sweeps, by its name in the grid's file.
public enum Axis: String, Hashable, Codable, Sendable, CaseIterable {
  /// Routed activation ratio E_a / E.
  case activation = "A"
  /// Granularity 2 · d_model / d_expert.
  case granularity = "G"
  /// Shared ratio E_s / (E_a + E_s).
  case sharedRatio = "S"
  /// Leading dense layers, a count or a share.
  case denseLayers = "dense_layers"
  /// Attention's share of the forward FLOPs.
  case attentionShare = "attention_share"
  /// Multiple of the allocation law's M_opt, D going the other way.
  case scale
  /// Coefficient of the load-balance loss.
  case balanceCoefficient = "balance_coefficient"
  /// Step of bias-based balancing.
  case biasUpdate = "bias_update"
  /// Multiple of the hyperparameter law's η.
  case learningRate = "learning_rate"
  /// Multiple of the hyperparameter law's B.
  case batch

  /// Whether a model without experts can be swept along it.
  public var appliesToDense: Bool {
    switch self {
    case .activation, .granularity, .sharedRatio, .denseLayers, .balanceCoefficient, .biasUpdate:
      false
    case .attentionShare, .scale, .learningRate, .batch: true
    }
  }

  /// Whether `value` makes sense on this axis, whatever the family.
  public func allows(_ value: Ratio) -> Bool {
    let zero = Ratio(0)
    return switch self {
    case .activation: value > zero && value <= .one
    case .sharedRatio: value >= zero && value < .one
    case .attentionShare: value > zero && value < .one
    case .denseLayers: value >= zero && (value < .one || value.wholeValue != nil)
    case .granularity, .scale, .learningRate, .batch: value > zero
    case .balanceCoefficient, .biasUpdate: value >= zero
    }
  }

  /// The values that `allows` accepts, in words.
  public var range: String {
    switch self {
    case .activation: "above 0 and at most 1"
    case .sharedRatio: "at least 0 and below 1"
    case .attentionShare: "above 0 and below 1"
    case .denseLayers: "a whole number of layers, or a share of them below 1"
    case .granularity, .scale, .learningRate, .batch: "above 0"
    case .balanceCoefficient, .biasUpdate: "at least 0"
    }
  }
}
