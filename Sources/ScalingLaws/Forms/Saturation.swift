import Foundation

/// The saturating transform of Clark et al. 2022 (arXiv 2202.01169, Eq. 12):
///
///     1/x̂ = 1/(x + (1/x_start − 1/x_max)^(−1)) + 1/x_max,
///
/// which is x_start at x = 0 and x_max for large x. Its parameters are fitted as logarithms.
struct Saturation {
  private let start: Double
  private let ceiling: Double
  private let shift: Double

  /// - Parameters: ln x_start and ln x_max, the second the larger.
  @inline(__always)
  init(logStart: Double, logMax: Double) {
    start = exp(logStart)
    ceiling = exp(logMax)
    shift = start / (1 - start / ceiling)
  }

  /// x_start alone, x_max at infinity: x̂ = x + x_start.
  @inline(__always)
  init(logStart: Double) {
    start = exp(logStart)
    ceiling = .infinity
    shift = start
  }

  /// ln x̂ and its derivatives by ln x_start and ln x_max.
  @inline(__always)
  func logarithm(at x: Double) -> (value: Double, byLogStart: Double, byLogMax: Double) {
    let raised = x + shift
    // x̂ / raised, which falls from 1 as x̂ nears x_max.
    let share = 1 / (1 + raised / ceiling)
    let byRaised = share / raised
    return (
      value: log(raised * share), byLogStart: byRaised * shift * (shift / start),
      byLogMax: (1 - share) - byRaised * shift * (shift / ceiling)
    )
  }
}
