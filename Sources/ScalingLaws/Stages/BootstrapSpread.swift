import Foundation

/// What a bootstrap draws.
public enum BootstrapUnit: String, Hashable, Codable, CodingKeyRepresentable, Sendable {
  /// Single runs. Runs of one cell share its best loss, so this spread is too narrow.
  case run
  /// Whole cells with all of their runs.
  case cell
  /// Noise of the size of the losses' own, put on every loss.
  case noise
}

/// How a value varies over resamples.
public struct BootstrapSpread: Hashable, Codable, Sendable {
  public var mean: Double
  public var standardDeviation: Double
  /// Nil with fewer than 20 resamples.
  public var interval: Interval?
  /// Resamples that gave a value.
  public var draws: Int

  /// Nil with fewer than two values.
  init?(_ samples: [Double], level: Double) {
    guard samples.count >= 2 else { return nil }
    draws = samples.count
    let mean = samples.reduce(0, +) / Double(draws)
    self.mean = mean
    let squares = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardDeviation = (squares / Double(draws - 1)).squareRoot()
    interval = Interval(percentilesOf: samples, level: level)
  }
}
