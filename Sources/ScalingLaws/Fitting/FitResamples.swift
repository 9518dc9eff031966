import Dispatch
import Foundation

/// The minima of resampled data, in order of their draws.
public struct FitResamples: Hashable, Codable, Sendable {
  public var scheme: FitOptions.Resampling
  /// θ of each resample that gave a fit.
  public var thetas: [[Double]]
  /// Resamples that gave none.
  public var failed: Int
  /// The share of resamples left below an interval, and above it. Draws of runs and cells are too
  /// narrow when rows are few; their tail is that of Student's t with a variance over n − p instead
  /// of n (Hesterberg 2015, "expanded percentile"). Residuals carry this in their draws.
  public var tail: Double

  /// The interval of a function of θ; nil below 20 resamples or when an end is not finite.
  func interval(of value: (_ theta: [Double]) -> Double) -> Interval? {
    Interval(orderStatisticsOf: thetas.map(value), tail: tail)
  }
}

/// The draws of a bootstrap, and what refits them.
struct Bootstrap {
  var problem: FitProblem
  var sample: FitSample
  var scheme: FitOptions.Resampling
  var best: BoundedMinimiser.End
  /// Where a resample that ended badly is tried again.
  var second: [Double]
  /// Indices of rows of each cell.
  var cells: [[Int]]
  /// Residuals over √(1 − leverage) of the fitted rows, about 0, in units of a row of weight 1.
  private var noise: [Double] = []
  private var predicted: [Double]
  private var rows: [Int]
  private var degreesOfFreedom: Int

  init(
    _ problem: FitProblem, _ sample: FitSample, scheme: FitOptions.Resampling,
    search: MultiStart, curvature: Curvature, cells: [[Int]]
  ) {
    self.problem = problem
    self.sample = sample
    self.scheme = scheme
    self.cells = cells
    best = search.best
    second = search.second?.theta ?? search.best.theta
    predicted = problem.evaluation(at: best.theta).values
    rows = sample.weights.indices.filter { sample.weights[$0] > 0 }
    degreesOfFreedom = rows.count - curvature.free.count
    noise = rows.map { row in
      let spare = max(1 - curvature.leverages[row], 1e-3)
      return (sample.targets[row] - predicted[row]) * (sample.weights[row] / spare).squareRoot()
    }
    let mean = noise.reduce(0, +) / Double(max(noise.count, 1))
    for i in noise.indices { noise[i] -= mean }
  }

  /// Refits `count` draws on `threads` threads; each draw has its own generator, so that the number
  /// of threads changes nothing.
  func run(count: Int, seed: UInt64, level: Double, threads: Int) -> FitResamples {
    var seeder = SplitMix64(seed: seed)
    let seeds = (0..<count).map { _ in seeder.next() }
    var ends = [[Double]?](repeating: nil, count: count)
    let threads = max(1, min(threads, count))
    ends.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let ends = buffer
      let chunk: @Sendable (Int) -> Void = { thread in
        for draw in stride(from: thread, to: count, by: threads) {
          ends[draw] = refit(seed: seeds[draw])
        }
      }
      if threads == 1 {
        chunk(0)
      } else {
        DispatchQueue.concurrentPerform(iterations: threads, execute: chunk)
      }
    }
    let thetas = ends.compactMap(\.self)
    return FitResamples(
      scheme: scheme, thetas: thetas, failed: count - thetas.count, tail: tail(level: level))
  }

  private func tail(level: Double) -> Double {
    let (n, degrees): (Int, Int) =
      switch scheme {
      case .residuals: (0, 0)
      case .runs: (rows.count, degreesOfFreedom)
      case .cells: (cells.count, cells.count - 1)
      }
    guard degrees > 0 else { return (1 - level) / 2 }
    let stretch = (Double(n) / Double(degrees)).squareRoot()
    return normalShare(
      below: -stretch * StudentT(degreesOfFreedom: degrees).quantile(central: level))
  }

  private func refit(seed: UInt64) -> [Double]? {
    var generator = SplitMix64(seed: seed)
    let (drawn, size) = draw(&generator)
    var end = problem.minimum(of: drawn, from: best.theta)
    if let across = acrossInfinity(end.theta) {
      let other = problem.minimum(of: drawn, from: across)
      if other.converged, !end.converged || other.value < end.value { end = other }
    }
    // A sum of n − p squares seldom exceeds its mean by five of its standard deviations.
    let excess = 1 + 5 * (2 / Double(max(degreesOfFreedom, 1))).squareRoot()
    if end.converged, end.value <= best.value * size * size * excess { return end.theta }
    let again = problem.minimum(of: drawn, from: second)
    let ends = [end, again].filter(\.converged)
    return ends.min { $0.value < $1.value }?.theta
  }

  /// The start beyond a descent that a bound has stopped: that coordinate at its other bound. A factor
  /// of a slope, as c of b·x·(x + c), grows to infinity where b changes its sign and comes back from
  /// the other side; no descent gets there by itself.
  private func acrossInfinity(_ theta: [Double]) -> [Double]? {
    var other = theta
    for k in problem.free {
      let (low, high) = (problem.bounds.lower[k], problem.bounds.upper[k])
      guard low == -high else { continue }
      let reach = 0.999 * high
      if theta[k] > reach { other[k] = low } else if theta[k] < -reach { other[k] = high }
    }
    return other == theta ? nil : other
  }

  /// One draw, and the size of its noise relative to the data's.
  private func draw(_ generator: inout SplitMix64) -> (FitSample, size: Double) {
    var drawn = sample
    switch scheme {
    case .runs:
      drawn.weights = [Double](repeating: 0, count: sample.weights.count)
      for _ in rows {
        let row = rows[generator.index(below: rows.count)]
        drawn.weights[row] += sample.weights[row]
      }
      return (drawn, 1)
    case .cells:
      drawn.weights = [Double](repeating: 0, count: sample.weights.count)
      for _ in cells {
        for row in cells[generator.index(below: cells.count)] {
          drawn.weights[row] += sample.weights[row]
        }
      }
      return (drawn, 1)
    case .residuals:
      let degrees = max(degreesOfFreedom, 1)
      let size = (Double(degrees) / generator.chiSquared(degrees)).squareRoot()
      for row in rows {
        let shift = size * noise[generator.index(below: noise.count)]
        drawn.targets[row] = predicted[row] + shift / sample.weights[row].squareRoot()
      }
      return (drawn, size)
    }
  }
}
