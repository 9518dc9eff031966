/// How a form is fitted to data, and how its uncertainty is told.
public struct FitOptions: Hashable, Codable, Sendable {
  /// What a bootstrap draws.
  public enum Resampling: String, Hashable, Codable, Sendable {
    /// Rows with replacement: nothing is assumed of the noise, but a design of few rows loses its
    /// corners in many draws.
    case runs
    /// Whole cells with replacement, for rows that share an error, such as those of one budget.
    case cells
    /// The design is kept. Residuals, each over √(1 − leverage), are drawn with replacement, and each
    /// resample's size of noise from the χ² distribution of its degrees of freedom, so that few rows
    /// give Student's t. Assumes that the noise of log y is alike in all rows.
    case residuals
  }

  /// Which rows are kept from the fit to judge it by.
  public enum HoldOut: Hashable, Codable, Sendable {
    case none
    /// Those at the `count` largest values of a variable, such as the two largest budgets C. Values
    /// within 2 % of their neighbour are one.
    case largest(count: Int, of: String)
    /// Those whose value is at or above a threshold: the joint law of arXiv 2507.17702 is fitted to
    /// EL < 6 and judged by the rest.
    case above(Double)
  }

  public var loss: ResidualLoss
  /// 0 for none; intervals then come from the curvature.
  public var bootstraps: Int
  public var seed: UInt64
  /// Of every interval.
  public var level: Double
  /// Nil: residuals below `rowsForRuns` rows a parameter, else runs.
  public var resampling: Resampling?
  /// Whether likelihood-ratio intervals are searched for, too.
  public var profiles: Bool
  public var holdOut: HoldOut
  /// Parameters held at a value, by name, in their own units.
  public var fixed: [String: Double]

  /// Rows a parameter from which a bootstrap draws runs unless told.
  public static let rowsForRuns = 20

  public init(
    loss: ResidualLoss = .huber(delta: 0.02), bootstraps: Int = 1000, seed: UInt64 = 1,
    level: Double = 0.95, resampling: Resampling? = nil, profiles: Bool = false,
    holdOut: HoldOut = .none, fixed: [String: Double] = [:]
  ) {
    self.loss = loss
    self.bootstraps = bootstraps
    self.seed = seed
    self.level = level
    self.resampling = resampling
    self.profiles = profiles
    self.holdOut = holdOut
    self.fixed = fixed
  }

  /// - Throws: `outsideDomain`; `fit(.unknownParameter)`; `fit(.unknownVariable)`.
  func validate(for form: any NamedLawForm) throws(ScalingLawsError) {
    guard level > 0, level < 1 else {
      throw .outsideDomain(quantity: "level", value: level, domain: "0 < level < 1")
    }
    guard bootstraps >= 0 else {
      throw .outsideDomain(quantity: "bootstraps", value: Double(bootstraps), domain: "0 or more")
    }
    if case .huber(let delta) = loss, !(delta > 0 && delta.isFinite) {
      throw .outsideDomain(quantity: "Huber's δ", value: delta, domain: "above 0")
    }
    for (name, value) in fixed.sorted(by: { $0.key < $1.key }) {
      guard let parameter = form.parameters.first(where: { $0.name == name }) else {
        throw .fit(
          .unknownParameter(form: form.name, name: name, known: form.parameters.map(\.name)))
      }
      guard value >= parameter.lower, value <= parameter.upper else {
        throw .outsideDomain(
          quantity: name, value: value,
          domain: "\(parameter.lower.readable) to \(parameter.upper.readable)")
      }
    }
    try holdOut.validate(for: form)
  }
}

extension FitOptions.HoldOut {
  fileprivate func validate(for form: any NamedLawForm) throws(ScalingLawsError) {
    switch self {
    case .none: return
    case .largest(let count, let name):
      guard count > 0 else {
        throw .outsideDomain(quantity: "hold-out", value: Double(count), domain: "1 or more")
      }
      _ = try form.index(ofVariable: name)
    case .above(let threshold):
      guard threshold > 0, threshold.isFinite else {
        throw .outsideDomain(quantity: "hold-out", value: threshold, domain: "above 0")
      }
    }
  }
}

extension NamedLawForm {
  /// Where a variable stands in `variables`.
  ///
  /// - Throws: `fit(.unknownVariable)`.
  func index(ofVariable name: String) throws(ScalingLawsError) -> Int {
    guard let index = variables.firstIndex(where: { $0.name == name }) else {
      throw .fit(
        .unknownVariable(form: self.name, name: name, known: variables.map(\.name)))
    }
    return index
  }
}
