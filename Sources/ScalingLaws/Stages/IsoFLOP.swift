import Foundation

/// Allocation laws from isoFLOP profiles: at each budget the size of lowest loss, then
/// N_opt = c·C^a and D_opt = c·C^b through these minima, each weighted by 1 / variance of its place.
public struct IsoFLOP: Hashable, Codable, Sendable {
  /// The lowest loss of one budget.
  public struct Minimum: Hashable, Codable, Sendable {
    /// FLOPs.
    public var budget: Double
    /// N or M.
    public var size: Double
    public var tokens: Double
    public var loss: Double
    /// Standard deviation of log size; the weight in the law is its inverse square.
    public var logSpread: Double
    /// Nil inside the sizes tried.
    public var edge: SizeSearch.Edge?
    /// Whether it is in the law.
    public var isUsed: Bool
    /// Sizes of the profile.
    public var sizes: Int
  }

  public var options: IsoFLOPOptions
  public var measure: SizeMeasure
  /// Standard deviation of log loss behind the bootstrap, for an absolute noise that at the lowest
  /// loss; nil when the profiles do not tell it.
  public var noise: Double?
  /// In order of budget.
  public var minima: [Minimum]
  /// N_opt or M_opt against C.
  public var size: PowerProductLaw
  /// D_opt against C.
  public var tokens: PowerProductLaw
  public var warnings: [StageWarning]

  /// Sizes that a profile needs.
  public static let neededSizes = 3
  /// Budgets below which a law is flagged.
  public static let wantedBudgets = 4

  /// Finds the minima and fits both laws.
  ///
  /// - Parameter points: of one family, in any order; of equal sizes at a budget the best counts.
  /// - Throws: `noRuns`; `tooFew` for fewer than two usable minima; `fit` for an invalid point or
  ///   option.
  public init(
    points: [IsoFLOPPoint], measure: SizeMeasure, options: IsoFLOPOptions = .init()
  ) throws(StageRefusal) {
    guard !points.isEmpty else { throw .noRuns(stage: "an isoFLOP analysis") }
    try staged { () throws(ScalingLawsError) in
      try options.validate()
      for point in points { try point.validate() }
    }
    let study = IsoFLOPStudy(points, options)
    let minima = study.profiles.indices.compactMap { study.minimum($0) }
    let used = minima.filter(\.isUsed)
    guard used.count >= 2 else {
      throw .tooFew(
        stage: "an allocation law", what: "budgets with a minimum inside the sizes tried",
        have: used.count, need: 2)
    }
    self.options = options
    self.measure = measure
    self.minima = minima
    noise = study.sigma
    size = try study.law(used, of: measure.variable, value: \.size, sample: { $0.logSize })
    tokens = try study.law(used, of: .tokens, value: \.tokens, sample: { $0.logTokens })
    warnings = study.warnings(minima)
  }
}
