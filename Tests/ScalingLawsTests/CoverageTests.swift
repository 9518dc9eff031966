import Foundation
import ScalingLaws
import Testing

@Suite("Bootstrap intervals")
struct CoverageTests {
  @Test(
    "95 % intervals of leverage, of exponents and of the dense slope hold the planted value as often",
    arguments: [
      SimulatedStudy(), SimulatedStudy(budgets: [1e11, 3e11, 1e12, 3e12], moeSeeds: 2),
    ])
  func coverage(world: SimulatedStudy) throws {
    var leverage = Tally()
    var exponent = Tally()
    var slope = Tally()
    for repeatIndex in 0..<80 {
      let analysis = try LeverageAnalysis.fit(
        runs: world.runs(seed: UInt64(1000 + repeatIndex)), seed: UInt64(repeatIndex),
        bootstraps: 100, options: .init(curve: .powerLaw))
      for group in analysis.groups {
        leverage.count(
          group.inCompute.estimate?.interval, holds: world.leverage(group.activationRatio))
      }
      for law in analysis.laws {
        if let parameter = law.parameter("a_A") {
          exponent.count(parameter.interval, holds: world.exponent)
        }
      }
      slope.count(analysis.denseLaw?.parameter("β")?.interval, holds: world.beta)
    }
    #expect((0.90...0.98).contains(leverage.share))
    #expect((0.90...0.98).contains(exponent.share))
    #expect((0.89...0.99).contains(slope.share))
  }

  /// How often an interval held the truth; a missing interval counts as a miss.
  private struct Tally {
    var held = 0
    var tried = 0
    var share: Double { Double(held) / Double(tried) }

    mutating func count(_ interval: Interval?, holds truth: Double) {
      tried += 1
      if interval?.contains(truth) == true { held += 1 }
    }
  }
}
