import Foundation

/// The noise of one run's log loss, pooled over what tells it.
public struct NoiseEstimate: Hashable, Codable, Sendable {
  /// Standard deviation of log L of one run.
  public var sigma: Double
  /// Degrees of freedom from seeds of the same architecture and budget.
  public var fromSeeds: Int
  /// Degrees of freedom from the residuals of the dense curve.
  public var fromResiduals: Int

  /// All degrees of freedom.
  public var degreesOfFreedom: Int { fromSeeds + fromResiduals }

  /// Pools Σ (deviations of seeds)² with Σ replicates · (residuals of the curve)². A curve that
  /// misfits so widens the intervals.
  ///
  /// Nil when there is no degree of freedom.
  init?(groups: [RunGroup], residuals: [Double], replicates: [Int], parameters: Int) {
    fromSeeds = groups.reduce(0) { $0 + $1.runs.count - 1 }
    fromResiduals = max(0, residuals.count - parameters)
    var squares = groups.reduce(0) { $0 + $1.squaredSeedDeviations }
    if fromResiduals > 0 {
      squares += zip(residuals, replicates).reduce(0) { $0 + Double($1.1) * $1.0 * $1.0 }
    }
    let degrees = fromSeeds + fromResiduals
    guard degrees > 0 else { return nil }
    sigma = (squares / Double(degrees)).squareRoot()
  }
}
