import Foundation

/// log EL of every MoE run in every resample, NaN where the resample has none and infinite where the
/// loss is below its irreducible term.
struct LeverageSamples {
  /// By run, then by resample.
  var inCompute: [[Double]]
  var inTime: [[Double]]
  /// Position of a run among the study's MoE runs.
  private var position: [Int64: Int]

  init(study: LeverageStudy) {
    position = Dictionary(
      uniqueKeysWithValues: study.runs.enumerated().map { ($0.element.id, $0.offset) })
    // A MoE run's own noise is that of a loss at given compute, whichever measure is matched.
    let sigma = study.dense.noise?.sigma ?? 0
    let losses = study.runs.map(\.loss)
    inCompute = Self.samples(
      curve: study.dense, draws: study.plan.draws, losses: losses, sigma: sigma,
      denominators: study.runs.map(\.compute))
    if let timed = study.timed {
      inTime = Self.samples(
        curve: timed, draws: study.plan.draws.map { $0.restricted(to: study.timedCells) },
        losses: losses, sigma: sigma, denominators: study.runs.map { $0.seconds ?? .nan })
    } else {
      inTime = []
    }
  }

  private static func samples(
    curve: DenseCurve, draws: [ResamplePlan.Draw], losses: [Double], sigma: Double,
    denominators: [Double]
  ) -> [[Double]] {
    var samples = losses.map { _ in [Double](repeating: .nan, count: draws.count) }
    for (d, draw) in draws.enumerated() {
      guard let inverse = curve.resampled(draw) else { continue }
      for r in losses.indices {
        let loss = losses[r] * exp(sigma * draw.runShifts[r])
        do throws(ScalingLawsError) {
          samples[r][d] = log(try inverse(loss) / denominators[r])
        } catch .lossBelowIrreducible {
          samples[r][d] = .infinity
        } catch {
          samples[r][d] = .nan
        }
      }
    }
    return samples
  }

  /// The mean of log EL over the runs of a group, by resample.
  func mean(_ samples: [[Double]], over runs: [Int64]) -> [Double] {
    let rows = runs.compactMap { position[$0] }.map { samples[$0] }
    guard let first = rows.first else { return [] }
    return first.indices.map { d in rows.reduce(0) { $0 + $1[d] } / Double(rows.count) }
  }
}

extension ResamplePlan.Draw {
  /// The same draw for a curve through some of the cells only.
  func restricted(to kept: [Int]) -> ResamplePlan.Draw {
    let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, $0.offset) })
    let pairs = zip(cells, cellShifts).compactMap { cell, shift in place[cell].map { ($0, shift) } }
    return ResamplePlan.Draw(
      cells: pairs.map(\.0), cellShifts: pairs.map(\.1), runShifts: runShifts)
  }
}

extension Interval {
  /// Of exp(samples): nil when more than a tenth of the samples are NaN.
  init?(logSamples: [Double], level: Double) {
    let values = logSamples.filter { !$0.isNaN }
    guard values.count * 10 >= logSamples.count * 9 else { return nil }
    self.init(percentilesOf: values.map(exp), level: level)
  }
}
