import Foundation
import ScalingLaws

/// Simulated runs of a known Chinchilla law: sizes × tokens.
enum ChinchillaRuns {
  static let truth = [1.8172, 482.01, 2085.43, 0.3478, 0.3658]
  static let sizes = [5e7, 1.5e8, 5e8, 1.5e9, 5e9, 1.5e10]
  static let tokens = [1e9, 4e9, 1.6e10, 6.4e10, 2.5e11]

  static func data(
    noise: Double, seed: UInt64 = 1, sizes: [Double] = sizes, tokens: [Double] = tokens,
    truth: [Double] = truth
  ) -> LawData {
    var generator = SplitMix64(seed: seed)
    let form = ChinchillaForm()
    let theta = form.coordinates(of: truth)
    var rows: [LawData.Row] = []
    for n in sizes {
      for d in tokens {
        let log = form.logValue(theta, at: form.input([n, d]))
        rows.append(
          LawData.Row(
            run: Int64(rows.count + 1), cell: "\(d)", variables: [n, d],
            value: exp(log + noise * generator.normal())))
      }
    }
    return LawData(rows: rows)
  }
}
