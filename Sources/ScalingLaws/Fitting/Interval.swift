/// A percentile interval.
public struct Interval: Hashable, Codable, Sendable {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// Whether `value` lies in the interval, its ends included.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }

  /// The ends with a share `tail` of `samples` outside each, at the order statistic tail·(B + 1), which
  /// keeps an interval of few resamples as wide as its level says; the outermost samples where the
  /// tail is smaller than they tell.
  ///
  /// Nil when there are fewer than 20 samples or when an end is not finite.
  init?(orderStatisticsOf samples: [Double], tail: Double) {
    guard samples.count >= 20, !samples.contains(where: \.isNaN) else { return nil }
    let sorted = samples.sorted()
    let position = max(tail * Double(sorted.count + 1) - 1, 0)
    let inner = Int(position)
    let fraction = position - Double(inner)
    let last = sorted.count - 1
    let low = sorted[inner] + fraction * (sorted[min(inner + 1, last)] - sorted[inner])
    let high =
      sorted[last - inner] - fraction * (sorted[last - inner] - sorted[max(last - inner - 1, 0)])
    guard low.isFinite, high.isFinite else { return nil }
    self.init(low: low, high: high)
  }

  /// The central `level` of `samples`, by linear interpolation between order statistics.
  ///
  /// Nil when there are fewer than 20 samples or when an end is not finite: an interval without an
  /// end is not written as if it had one.
  public init?(percentilesOf samples: [Double], level: Double) {
    guard samples.count >= 20, !samples.contains(where: \.isNaN) else { return nil }
    let sorted = samples.sorted()
    func quantile(_ p: Double) -> Double {
      let position = p * Double(sorted.count - 1)
      let below = Int(position)
      let above = min(below + 1, sorted.count - 1)
      let fraction = position - Double(below)
      return fraction == 0
        ? sorted[below] : sorted[below] + fraction * (sorted[above] - sorted[below])
    }
    let tail = (1 - level) / 2
    let low = quantile(tail)
    let high = quantile(1 - tail)
    guard low.isFinite, high.isFinite else { return nil }
    self.init(low: low, high: high)
  }
}

/// The closed range of x that a law was fitted on.
public struct FittedRange: Hashable, Codable, Sendable {
  public var lower: Double
  public var upper: Double

  public init(_ lower: Double, _ upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// Whether `x` lies inside. A relative 1e-9 of slack keeps rounding from flagging an end point.
  public func contains(_ x: Double) -> Bool {
    x >= lower * (1 - 1e-9) && x <= upper * (1 + 1e-9)
  }
}
