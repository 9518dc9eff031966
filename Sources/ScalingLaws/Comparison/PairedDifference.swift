import Foundation

/// How far two models are apart on the same samples, second minus first, with a 95 % interval.
///
/// Pairing takes out what makes one text harder than another, which is most of what makes the
/// intervals of two separate means wide.
public struct PairedDifference: Hashable, Sendable {
  public let value: Double
  /// None where there are too few samples.
  public let low: Double?
  public let high: Double?
  /// McNemar's exact two-sided p: how often a fair coin parts the samples that only one model gets
  /// right at least so unevenly. For shares only.
  public let p: Double?
  /// Documents, or items.
  public let samples: Int

  /// Of weighted means over the same samples, as losses over documents weighted by tokens: the ratio
  /// estimator Σ w·(second − first) / Σ w, its standard error by linearisation with samples as the
  /// clusters. A few long documents weigh more than many short ones, so they count as Kish's effective
  /// number, (Σ w)² / Σ w²; Student's t has one degree of freedom less than that.
  ///
  /// The arrays have one length, at least 1; weights are positive.
  public init(means first: [Double], _ second: [Double], weights: [Double]) {
    precondition(
      first.count == second.count && first.count == weights.count && !first.isEmpty,
      "paired samples")
    let total = weights.reduce(0, +)
    let gaps = zip(first, second).map { $1 - $0 }
    let mean = zip(weights, gaps).reduce(0) { $0 + $1.0 * $1.1 } / total
    value = mean
    samples = first.count
    p = nil
    guard samples > 1 else {
      (low, high) = (nil, nil)
      return
    }
    let squares = zip(weights, gaps).reduce(0) { sum, sample in
      let deviation = sample.0 * (sample.1 - mean)
      return sum + deviation * deviation
    }
    let effective = total * total / weights.reduce(0) { $0 + $1 * $1 }
    let error = (effective / (effective - 1) * squares).squareRoot() / total
    let freedom = max(1, Int(effective.rounded()) - 1)
    let half = error * StudentT(degreesOfFreedom: freedom).quantile(central: 0.95)
    (low, high) = (mean - half, mean + half)
  }

  /// Of shares over the same items, which a model gets right or not: the adjusted Wald interval of
  /// Bonett and Price (2012), and McNemar's exact test.
  ///
  /// The arrays have one length, at least 1.
  public init(shares first: [Bool], _ second: [Bool]) {
    precondition(first.count == second.count && !first.isEmpty, "paired samples")
    samples = first.count
    let lost = zip(first, second).count { $0 && !$1 }
    let won = zip(first, second).count { !$0 && $1 }
    let n = Double(samples)
    value = Double(won - lost) / n
    let (up, down) = (Double(won + 1) / (n + 2), Double(lost + 1) / (n + 2))
    let variance = (up + down - (up - down) * (up - down)) / (n + 2)
    let half = 1.959964 * variance.squareRoot()
    low = max(-1, up - down - half)
    high = min(1, up - down + half)
    p = Self.mcNemar(won, lost)
  }

  /// min(1, 2·P(X ≤ min)) for X binomial over the discordant items with probability 1/2.
  private static func mcNemar(_ won: Int, _ lost: Int) -> Double {
    let n = won + lost
    var tail = 0.0
    for k in 0...min(won, lost) {
      let choices: Double =
        lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
      tail += exp(choices - Double(n) * log(2))
    }
    return min(1, 2 * tail)
  }
}
