extension Grid {
  /// Models of one kind that share everything but size and the swept axes.
  public struct Family: Hashable, Codable, Sendable {
    public var name: String
    public var kind: ModelKind
    public var base: BaseShape
    /// Each sweep is a product of its axes with the others at the base; no sweeps is the base alone.
    public var sweeps: [Sweep]
    /// M_opt.
    public var allocation: SettingSource
    /// Peak learning rate η.
    public var learningRate: SettingSource
    /// Batch B in tokens.
    public var batchTokens: SettingSource
    public var router: RunSpec.Router
    public var initialisation: RunSpec.Initialisation
    public var optimiser: OptimiserSettings
    public var schedule: RunSpec.Schedule
    public var precision: RunSpec.Precision

    public init(
      name: String, kind: ModelKind, base: BaseShape = .init(), sweeps: [Sweep] = [],
      allocation: SettingSource, learningRate: SettingSource, batchTokens: SettingSource,
      router: RunSpec.Router = .init(), initialisation: RunSpec.Initialisation = .fanIn,
      optimiser: OptimiserSettings = .init(), schedule: RunSpec.Schedule = .init(),
      precision: RunSpec.Precision = .float32
    ) {
      self.name = name
      self.kind = kind
      self.base = base
      self.sweeps = sweeps
      self.allocation = allocation
      self.learningRate = learningRate
      self.batchTokens = batchTokens
      self.router = router
      self.initialisation = initialisation
      self.optimiser = optimiser
      self.schedule = schedule
      self.precision = precision
    }

    /// Where `quantity` comes from.
    public func source(of quantity: SettingQuantity) -> SettingSource {
      switch quantity {
      case .modelFLOPs: allocation
      case .learningRate: learningRate
      case .batchTokens: batchTokens
      }
    }

    var lawRequests: [LawRequest] {
      SettingQuantity.allCases.compactMap { quantity in
        guard case .law(let reference) = source(of: quantity) else { return nil }
        return LawRequest(reference: reference, quantity: quantity, kind: kind, family: name)
      }
    }
  }

  /// One axis with its values in the order of the file.
  public struct AxisValues: Hashable, Codable, Sendable {
    public var axis: Axis
    public var values: [Ratio]

    public init(_ axis: Axis, _ values: [Ratio]) {
      self.axis = axis
      self.values = values
    }
  }

  /// Axes that are swept together: all combinations, the last axis running fastest.
  public struct Sweep: Hashable, Codable, Sendable {
    public var axes: [AxisValues]

    public init(_ axes: [AxisValues]) {
      self.axes = axes
    }

    /// The combinations in order.
    public var points: [GridPoint] {
      axes.reduce([GridPoint()]) { points, axis in
        points.flatMap { point in axis.values.map { point.setting(axis.axis, to: $0) } }
      }
    }
  }

  /// Where one setting comes from.
  public enum SettingSource: Hashable, Codable, Sendable {
    case law(LawReference)
    case power(PowerLaw)
    case number(Double)
  }

  /// AdamW without its learning rate, which a law gives.
  public struct OptimiserSettings: Hashable, Codable, Sendable {
    public var beta1: Double
    public var beta2: Double
    public var epsilon: Double
    public var weightDecay: Double
    public var clip: Double

    public init(
      beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8,
      weightDecay: Double = 0.1, clip: Double = 1
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.clip = clip
    }

    func optimiser(learningRate: Double) -> RunSpec.Optimiser {
      RunSpec.Optimiser(
        learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
        weightDecay: weightDecay, clip: clip)
    }
  }
}
