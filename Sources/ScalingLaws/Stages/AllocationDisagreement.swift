import Foundation

/// By how much the routes to one allocation law differ.
public struct AllocationDisagreement: Hashable, Codable, Sendable {
  /// Smallest and largest exponent of N_opt or M_opt.
  public var exponents: Interval
  /// Largest ratio of two routes' optimal sizes at the largest budget.
  public var sizeFactor: Double
  /// That budget, FLOPs.
  public var budget: Double

  /// Above this difference of exponents, or above `largeFactor`, routes are said to disagree.
  public static let largeDifference = 0.05
  public static let largeFactor = 1.5

  /// Whether it is worth a warning.
  public var isLarge: Bool {
    exponents.high - exponents.low > Self.largeDifference || sizeFactor > Self.largeFactor
  }

  /// Nil for fewer than two laws.
  init?(_ laws: [PowerProductLaw]) {
    guard laws.count >= 2 else { return nil }
    let values = laws.map { $0.exponents[0].value }
    exponents = Interval(low: values.min()!, high: values.max()!)
    budget = laws.map { $0.ranges[0].upper }.max()!
    let sizes = laws.map { [budget] in $0(budget) }
    sizeFactor = sizes.max()! / sizes.min()!
  }
}

extension AllocationDisagreement: CustomStringConvertible {
  /// `exponents 0.46 to 0.52, sizes within a factor of 1.7 at C = 1e21`.
  public var description: String {
    "exponents \(exponents.low.readable) to \(exponents.high.readable), sizes within a factor of "
      + "\(sizeFactor.readable) at C = \(budget.readable)"
  }
}
