import Foundation
import ScalingLaws

/// A sweep of lr and B in every cell about planted optima, on a grid of steps of √2, with noise.
struct SimulatedSweep {
  var noise = 0.0003
  var lrWidth = 0.01
  var batchWidth = 0.01
  var steps = 7
  /// How many steps the grid lies off its cell's optimum.
  var shift = 0.0
  /// How much wider the valley is on the side of large lr, more so at each larger N.
  var skew = 0.0
  var cells: [TuningCell] = [5e7, 1e8, 2e8, 4e8].flatMap { n in
    [1e9, 4e9, 1.6e10].map { TuningCell.size(parameters: n, tokens: $0) }
  }

  /// lr = 1.8·N^−0.7·D^0.3 and B = 0.6·D^0.57, or η = 1.2·C^−0.15 and B = 0.07·C^0.36.
  func optimum(_ cell: TuningCell) -> (lr: Double, batch: Double) {
    switch cell {
    case .size(let n, let d): (1.8 * pow(n, -0.7) * pow(d, 0.3), 0.6 * pow(d, 0.57))
    case .budget(let c): (1.2 * pow(c, -0.15), 0.07 * pow(c, 0.36))
    }
  }

  func runs(seed: UInt64) -> [TuningRun] {
    var generator = SplitMix64(seed: seed)
    var runs: [TuningRun] = []
    for cell in cells {
      let best = optimum(cell)
      var stretch = 1.0
      if case .size(let n, _) = cell { stretch += skew * log2(n / 5e7) }
      // Where a grid starts has nothing to do with the optimum.
      let offsets = (generator.uniform() - 0.5, generator.uniform() - 0.5)
      for i in 0..<steps {
        for j in 0..<steps {
          let middle = Double(steps - 1) / 2
          let a = log(2) / 2 * (Double(i) - middle + offsets.0 + shift)
          let b = log(2) / 2 * (Double(j) - middle + offsets.1 + shift)
          runs.append(
            TuningRun(
              run: Int64(runs.count + 1), cell: cell,
              loss: 2.5
                * exp(
                  lrWidth * a * a / (a > 0 ? stretch * stretch : 1) + batchWidth * b * b + noise
                    * generator.normal()),
              settings: [
                .learningRate: best.lr * exp(a), .batchTokens: best.batch * exp(b),
              ]))
        }
      }
    }
    return runs
  }
}
