/// A number that a run may be imported with, named as its column in the view `runs`.
public enum RunQuantity: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
  /// Nats a token: training at the end, and validation; validation in bits a byte.
  case loss
  case validationLoss = "validation_loss"
  case bitsPerByte = "bits_per_byte"
  /// N, N_a, D, and M and C in FLOPs.
  case parameters = "N"
  case activeParameters = "N_active"
  case tokens = "D"
  case flopsPerToken = "M"
  case flops = "C"
  /// The C that was asked for: what fits group runs by.
  case budget
  /// Peak learning rate η, and batch B in tokens.
  case learningRate = "learning_rate"
  case batchTokens = "batch_tokens"
  /// A routed, G, S, dense layers over layers, attention FLOPs over M.
  case activationRatio = "A"
  case granularity = "G"
  case sharedRatio = "S"
  case denseRatio = "dense_ratio"
  case attentionShare = "attention_share"
  /// E and E_a.
  case experts
  case topK = "top_k"
  /// Wall-clock and CPU time of training.
  case seconds = "train_seconds"
  case cpuSeconds = "train_cpu_seconds"

  /// The values that a quantity may have.
  public enum Domain: Hashable, Sendable {
    case positive
    /// A whole number of at least `least`; a table may write it with a fraction.
    case count(least: Int)
    /// From 0 to 1.
    case share(zero: Bool, one: Bool)
  }

  public var domain: Domain {
    switch self {
    case .loss, .validationLoss, .bitsPerByte, .flopsPerToken, .flops, .budget, .learningRate,
      .granularity, .seconds, .cpuSeconds:
      .positive
    case .parameters, .activeParameters, .tokens, .batchTokens: .count(least: 1)
    case .experts, .topK: .count(least: 0)
    case .activationRatio: .share(zero: false, one: true)
    case .sharedRatio: .share(zero: true, one: false)
    case .denseRatio, .attentionShare: .share(zero: true, one: true)
    }
  }

  /// Losses: a finished run has at least one.
  public static let losses: [RunQuantity] = [.loss, .validationLoss, .bitsPerByte]
}

extension RunQuantity.Domain {
  /// The largest count: every whole number up to it is a floating-point number.
  public static let largestCount = 9_007_199_254_740_992.0

  /// Whether `value` is one of its values; a count is judged as rounded.
  public func contains(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    return switch self {
    case .positive: value > 0
    case .count(let least):
      value.rounded() >= Double(least) && value <= Self.largestCount
    case .share(let zero, let one):
      (zero ? value >= 0 : value > 0) && (one ? value <= 1 : value < 1)
    }
  }
}

extension RunQuantity.Domain: CustomStringConvertible {
  /// What a value has to be, after "is not".
  public var description: String {
    switch self {
    case .positive: "a finite number above 0"
    case .count(let least): "a count of at least \(least)"
    case .share(let zero, let one):
      "a share from 0 to 1" + (zero ? "" : ", above 0") + (one ? "" : ", below 1")
    }
  }
}
