import Foundation
import ScalingLaws

/// IsoFLOP profiles of L = E + A·N^(−α) + B·D^(−β) with C = 6·N·D, sizes spread evenly in log about
/// each budget's optimum.
struct SimulatedProfiles {
  var noise = 0.0
  var alpha = 0.34
  var beta = 0.28
  var budgets = (0..<6).map { 1e18 * pow(4, Double($0)) }
  var sizes = 9
  /// Factor between neighbouring sizes.
  var step = 1.6
  /// Steps between the window's middle and the optimum, at each budget.
  var shift: (Int) -> Double = { _ in 0.3 }

  var exponent: Double { beta / (alpha + beta) }

  func optimum(_ budget: Double) -> Double {
    let g = pow(alpha * 406.4 / (beta * 410.7), 1 / (alpha + beta))
    return g * pow(budget / 6, exponent)
  }

  func points(seed: UInt64 = 1) -> [IsoFLOPPoint] {
    var generator = SplitMix64(seed: seed)
    var points: [IsoFLOPPoint] = []
    for (place, budget) in budgets.enumerated() {
      for k in 0..<sizes {
        let offset = Double(k) - Double(sizes - 1) / 2 + shift(place)
        let n = optimum(budget) * pow(step, offset)
        let d = budget / 6 / n
        let loss = 1.69 + 406.4 * pow(n, -alpha) + 410.7 * pow(d, -beta)
        points.append(
          IsoFLOPPoint(
            run: Int64(points.count + 1), budget: budget, size: n, tokens: d,
            loss: loss * exp(noise * generator.normal())))
      }
    }
    return points
  }
}
