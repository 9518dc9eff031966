import Foundation
import ScalingLaws

/// Runs of a planted world: dense loss α·C^(−β) at the best size of each budget, worse away from it;
/// MoE of the same loss at C / EL with log EL = −k·log A; seconds proportional to C, MoE slower.
struct SimulatedStudy {
  var alpha = 14.3
  var beta = 0.0645
  var exponent = -0.2
  var noise = 0.003
  var budgets = [1e11, 3e11, 1e12, 3e12, 6e12]
  var ratios = [0.5, 0.125, 0.03125]
  var denseSeeds = 1
  var moeSeeds = 1
  var slowdown = 1.3
  var unit = 1.0

  func leverage(_ ratio: Double) -> Double { pow(ratio, exponent) }

  func runs(seed: UInt64) -> [ObservedRun] {
    var generator = SplitMix64(seed: seed)
    var runs: [ObservedRun] = []
    func add(
      _ point: String, dense: Bool, budget: Double, size: Double, loss: Double, ratio: Double,
      seeds: Int
    ) {
      for s in 0..<seeds {
        let compute = budget * (1 + 0.01 * (generator.uniform() - 0.5))
        let drift = pow(compute / budget, -beta)
        runs.append(
          ObservedRun(
            id: Int64(runs.count + 1), family: dense ? "dense" : "moe", isDense: dense,
            point: point, budget: budget * unit, compute: compute * unit,
            flopsPerToken: size * unit, loss: loss * drift * exp(noise * generator.normal()),
            seconds: compute * (dense ? 1 : slowdown) / 1e10, activationRatio: ratio,
            granularity: 2, sharedRatio: dense ? 0 : 0.333, seed: UInt64(s)))
      }
    }
    for budget in budgets {
      let best = budget.squareRoot() / 4
      for (size, penalty) in [(0.5, 0.04), (1, 0), (2, 0.03)] {
        add(
          "d\(size)", dense: true, budget: budget, size: best * size,
          loss: alpha * pow(budget, -beta) * (1 + penalty), ratio: 1, seeds: denseSeeds)
      }
      for ratio in ratios {
        add(
          "A=\(ratio)", dense: false, budget: budget, size: best,
          loss: alpha * pow(budget * leverage(ratio), -beta), ratio: ratio, seeds: moeSeeds)
      }
    }
    return runs
  }
}
