/// What a near-optimal selection lets one choose.
public struct NearOptimalOptions: Hashable, Codable, Sendable {
  /// Runs whose loss exceeds their cell's best by at most this share of it are kept; 0 keeps the
  /// best alone. Papers use 0.25 % (arXiv 2401.02954 §3.1, 2503.04715, 2507.17702 §2.2).
  public var share: Double
  /// A kept run is dropped from a law when its residual from the first fit exceeds this many robust
  /// standard deviations (1.4826 × the median of |residual|); nil drops none. It is done once.
  public var outlierLimit: Double?
  /// The shares of the sensitivity rows.
  public var sensitivityShares: [Double]
  /// Resamples of each bootstrap.
  public var bootstraps: Int
  public var seed: UInt64
  /// Coverage that intervals aim at.
  public var level: Double

  public init(
    share: Double = 0.0025, outlierLimit: Double? = 4,
    sensitivityShares: [Double] = [0, 0.001, 0.0025, 0.005], bootstraps: Int = 1000,
    seed: UInt64 = 1, level: Double = 0.95
  ) {
    self.share = share
    self.outlierLimit = outlierLimit
    self.sensitivityShares = sensitivityShares
    self.bootstraps = bootstraps
    self.seed = seed
    self.level = level
  }

  /// - Throws: `outsideDomain`.
  func validate() throws(ScalingLawsError) {
    for share in [share] + sensitivityShares where !(share >= 0 && share < 1) {
      throw .outsideDomain(quantity: "share", value: share, domain: "0 ≤ share < 1")
    }
    if let outlierLimit, !(outlierLimit > 0) {
      throw .outsideDomain(quantity: "outlier limit", value: outlierLimit, domain: "above 0")
    }
    try validateResampling(bootstraps: bootstraps, level: level)
  }
}

/// - Throws: `outsideDomain`.
func validateResampling(bootstraps: Int, level: Double) throws(ScalingLawsError) {
  guard bootstraps >= 0 else {
    throw .outsideDomain(quantity: "bootstraps", value: Double(bootstraps), domain: "0 or more")
  }
  guard level > 0, level < 1 else {
    throw .outsideDomain(quantity: "level", value: level, domain: "between 0 and 1")
  }
}
