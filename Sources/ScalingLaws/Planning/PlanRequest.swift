/// What a plan may spend on training.
public enum ComputeBudget: Hashable, Codable, Sendable {
  /// C, FLOPs.
  case flops(Double)
  /// Hours of one device; C = hours · 3600 · peak · mfu.
  case deviceHours(Double, peakFLOPsPerSecond: Double, utilisation: Double)

  /// C, FLOPs.
  public var compute: Double {
    switch self {
    case .flops(let flops): flops
    case .deviceHours(let hours, let peak, let utilisation): hours * 3600 * peak * utilisation
    }
  }
}

extension ComputeBudget: CustomStringConvertible {
  /// What was asked for, in its own terms.
  public var description: String {
    switch self {
    case .flops(let flops): "\(flops.readable) FLOPs"
    case .deviceHours(let hours, let peak, let utilisation):
      "\(hours.readable) GPU-hours at \(utilisation.readable) of \(peak.readable) FLOP/s, "
        + "\(compute.readable) FLOPs"
    }
  }
}

/// A or G, held or let move.
public enum RatioChoice: Hashable, Codable, Sendable {
  /// As near as integers come: A to 2 %, G to 10 %, which is where a grid flags it.
  case value(Double)
  case range(ClosedRange<Double>)

  var held: Double? {
    switch self {
    case .value(let value): value
    case .range: nil
    }
  }

  var bounds: ClosedRange<Double> {
    switch self {
    case .value(let value): value...value
    case .range(let range): range
    }
  }
}

/// What the architecture of a plan must satisfy. Parameters are N, without the vocabulary.
public struct ShapeConstraints: Hashable, Sendable {
  /// The largest N.
  public var maxTotalParameters: Double?
  /// The largest N_a, the part of N that one token runs.
  public var maxActiveParameters: Double?
  /// E is a multiple of it, so that experts spread evenly over devices.
  public var expertsMultiple: Int
  /// Layers; nil lets depth follow width as it does in published models.
  public var layers: ClosedRange<Int>?
  /// Leading dense layers; nil is one in twenty.
  public var denseLayers: Int?
  /// E_s.
  public var sharedExperts: Int
  /// Routed activation ratio A = E_a / E; nil is all that the law was fitted on.
  public var activation: RatioChoice?
  /// Granularity G = 2·d_model / d_expert; nil is all that the law was fitted on.
  public var granularity: RatioChoice?
  /// Tokens in one sequence.
  public var seqLen: Int
  /// Tokens in the vocabulary.
  public var vocab: Int

  /// The defaults are Ling-mini-beta's surroundings: sequences of 8,192, a vocabulary of 126,464,
  /// one shared expert.
  public init(
    maxTotalParameters: Double? = nil, maxActiveParameters: Double? = nil,
    expertsMultiple: Int = 8, layers: ClosedRange<Int>? = nil, denseLayers: Int? = nil,
    sharedExperts: Int = 1, activation: RatioChoice? = nil, granularity: RatioChoice? = nil,
    seqLen: Int = 8192, vocab: Int = 126_464
  ) {
    self.maxTotalParameters = maxTotalParameters
    self.maxActiveParameters = maxActiveParameters
    self.expertsMultiple = expertsMultiple
    self.layers = layers
    self.denseLayers = denseLayers
    self.sharedExperts = sharedExperts
    self.activation = activation
    self.granularity = granularity
    self.seqLen = seqLen
    self.vocab = vocab
  }
}

/// The question that a plan answers.
public struct PlanRequest: Hashable, Sendable {
  public var budget: ComputeBudget
  /// D, where it is given; nil lets the allocation law divide the budget.
  public var tokens: Double?
  public var constraints: ShapeConstraints
  /// Whether A and G may leave the range that the leverage law was fitted on.
  public var allowsExtrapolation: Bool

  public init(
    budget: ComputeBudget, tokens: Double? = nil, constraints: ShapeConstraints = .init(),
    allowsExtrapolation: Bool = false
  ) {
    self.budget = budget
    self.tokens = tokens
    self.constraints = constraints
    self.allowsExtrapolation = allowsExtrapolation
  }
}
