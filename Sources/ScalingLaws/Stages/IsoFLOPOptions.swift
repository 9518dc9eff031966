/// What an isoFLOP analysis lets one choose.
public struct IsoFLOPOptions: Hashable, Codable, Sendable {
  /// How a profile's minimum is found.
  public enum Method: String, Hashable, Codable, Sendable {
    /// Akima's spline of log loss over log size, its minimum on a fine grid
    /// (Porian et al. 2024, arXiv 2406.19146).
    case akima
    /// The vertex of a parabola of log loss over log size through the lowest points
    /// (Hoffmann et al. 2022, arXiv 2203.15556, §3.2).
    case parabola
  }

  /// The noise of one loss, which the bootstrap puts on every point.
  public enum Noise: Hashable, Codable, Sendable {
    /// Standard deviation in the loss's own unit. Porian et al. take what seeds of one run differ by:
    /// 0.002 nats on RefinedWeb, 0.01 on OpenWebText2.
    case absolute(Double)
    /// Standard deviation of log loss.
    case relative(Double)
    /// A standard deviation of log loss from the roughness of the profiles themselves, which counts
    /// sizes tuned unequally as noise.
    case estimated
  }

  public var method: Method
  /// Grid steps between neighbouring sizes, on average; the reference takes 25.
  public var gridSteps: Int
  /// Sizes of a parabola, those around the lowest; 3 or more.
  public var parabolaPoints: Int
  public var noise: Noise
  /// A minimum's spread in log size is never taken below this share of the mean distance between
  /// sizes: a few sizes cannot place it better, however small the noise. The reference takes 0.33.
  public var spreadFloor: Double
  /// Whether minima at the smallest or largest size enter the law.
  public var keepsEdges: Bool
  public var bootstraps: Int
  public var seed: UInt64
  /// Coverage that intervals aim at.
  public var level: Double

  public init(
    method: Method = .akima, gridSteps: Int = 100, parabolaPoints: Int = 5,
    noise: Noise = .absolute(0.003), spreadFloor: Double = 0.33, keepsEdges: Bool = false,
    bootstraps: Int = 1000, seed: UInt64 = 1, level: Double = 0.95
  ) {
    self.method = method
    self.gridSteps = gridSteps
    self.parabolaPoints = parabolaPoints
    self.noise = noise
    self.spreadFloor = spreadFloor
    self.keepsEdges = keepsEdges
    self.bootstraps = bootstraps
    self.seed = seed
    self.level = level
  }

  /// - Throws: `outsideDomain`.
  func validate() throws(ScalingLawsError) {
    try validateResampling(bootstraps: bootstraps, level: level)
    switch noise {
    case .absolute(let sigma), .relative(let sigma):
      guard sigma >= 0, sigma < 1 else {
        throw .outsideDomain(quantity: "noise", value: sigma, domain: "0 ≤ noise < 1")
      }
    case .estimated: break
    }
    guard gridSteps >= 1 else {
      throw .outsideDomain(quantity: "grid steps", value: Double(gridSteps), domain: "1 or more")
    }
    guard parabolaPoints >= 3 else {
      throw .outsideDomain(
        quantity: "points of a parabola", value: Double(parabolaPoints), domain: "3 or more")
    }
    guard spreadFloor >= 0, spreadFloor.isFinite else {
      throw .outsideDomain(quantity: "spread floor", value: spreadFloor, domain: "0 or more")
    }
  }
}
