import Foundation
import Testing

@testable import ScalingLaws

@Suite("Two models are compared on the same samples")
struct PairedDifferenceTests {
  @Test("with equal weights it is the paired t interval")
  func pairedT() throws {
    let first = [2.0, 5, 1, 7, 3]
    let second = zip(first, [1.0, 2, 3, 4, 5]).map { $0 + $1 }
    let difference = PairedDifference(means: first, second, weights: [1, 1, 1, 1, 1])
    #expect(abs(difference.value - 3) < 1e-12)
    // 3 ± 2.776 · 1.5811/√5
    #expect(abs(try #require(difference.low) - 1.03676) < 1e-4)
    #expect(abs(try #require(difference.high) - 4.96324) < 1e-4)
    #expect(difference.p == nil)
  }

  @Test("the difference is that of the two weighted means")
  func weighted() {
    let (first, second, weights) = ([1.0, 4, 2], [2.0, 3, 5], [10.0, 1, 4])
    let mean = { (values: [Double]) in
      zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / 15
    }
    let difference = PairedDifference(means: first, second, weights: weights)
    #expect(abs(difference.value - (mean(second) - mean(first))) < 1e-12)
    let back = PairedDifference(means: second, first, weights: weights)
    #expect(back.value == -difference.value)
  }

  @Test("one sample has a difference and no interval")
  func single() {
    let difference = PairedDifference(means: [1], [2], weights: [3])
    #expect(difference.value == 1)
    #expect(difference.low == nil && difference.high == nil)
  }

  @Test(
    "McNemar's exact p, by the discordant items",
    arguments: [
      (1, 8, 0.0390625), (8, 1, 0.0390625), (0, 5, 0.0625), (3, 3, 1), (0, 0, 1), (2, 12, 0.012939),
    ])
  func mcNemar(lost: Int, won: Int, p: Double) throws {
    let first = Array(repeating: true, count: lost) + Array(repeating: false, count: won)
    let second = first.map { !$0 }
    let same = Array(repeating: true, count: 20)
    let difference = PairedDifference(shares: first + same, second + same)
    #expect(abs(try #require(difference.p) - p) < 1e-6)
    #expect(difference.value == Double(won - lost) / Double(lost + won + 20))
  }

  @Test("intervals cover the truth about as often as they say, in both forms")
  func coverage() throws {
    var random = Draws(state: 7)
    var (means, shares) = (0, 0)
    let repeats = 400
    for _ in 0..<repeats {
      // Documents of very different lengths, the second model 0.1 better on average.
      let weights = (0..<30).map { _ in exp(1.5 * random.normal()) + 1 }
      let first = weights.map { _ in 3 + random.normal() }
      let second = first.map { $0 - 0.1 + 0.3 * random.normal() }
      let mean = PairedDifference(means: first, second, weights: weights)
      if let low = mean.low, let high = mean.high, low <= -0.1, -0.1 <= high { means += 1 }
      // Items that both tend to get right together, the second more often by 0.1.
      let items = (0..<120).map { _ in (random.uniform(), random.uniform()) }
      let share = PairedDifference(
        shares: items.map { $0.0 < 0.4 },
        items.map { $0.0 < 0.4 ? $0.1 < 0.9 : $0.1 < 0.14 / 0.6 })
      if let low = share.low, let high = share.high, low <= 0.1, 0.1 <= high { shares += 1 }
    }
    #expect((0.92...0.99).contains(Double(means) / Double(repeats)))
    #expect((0.92...0.99).contains(Double(shares) / Double(repeats)))
  }
}

/// SplitMix64 with the draws that a simulation needs.
private struct Draws {
  var state: UInt64

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }

  /// Box and Muller's.
  mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}
