import Foundation

/// The losses of one budget over log size, the best run of each size.
struct IsoFLOPProfile {
  var budget: Double
  /// log of N or M, rising.
  var logSize: [Double]
  var logTokens: [Double]
  var logLoss: [Double]
  var runs: [Int64]

  /// Where a profile is lowest.
  struct Minimum {
    var logSize: Double
    var logLoss: Double
    /// Nil inside the sizes tried.
    var edge: SizeSearch.Edge?
  }

  /// - Parameter points: of one budget, in order of run.
  init(budget: Double, points: [IsoFLOPPoint]) {
    self.budget = budget
    let best = Dictionary(grouping: points, by: \.size)
      .map { $0.value.min { ($0.loss, $0.run) < ($1.loss, $1.run) }! }
      .sorted { $0.size < $1.size }
    logSize = best.map { log($0.size) }
    logTokens = best.map { log($0.tokens) }
    logLoss = best.map { log($0.loss) }
    runs = best.map(\.run)
  }

  /// Mean distance of neighbouring sizes in log size.
  var spacing: Double {
    (logSize[logSize.count - 1] - logSize[0]) / Double(logSize.count - 1)
  }

  /// The minimum over these losses; nil for a parabola that opens downwards.
  func minimum(_ losses: [Double], _ options: IsoFLOPOptions) -> Minimum? {
    switch options.method {
    case .akima: akimaMinimum(losses, steps: options.gridSteps)
    case .parabola: parabolaMinimum(losses, count: options.parabolaPoints)
    }
  }

  private func akimaMinimum(_ losses: [Double], steps: Int) -> Minimum {
    let spline = AkimaSpline(risingX: logSize, y: losses)
    let last = (logSize.count - 1) * steps
    let step = (logSize[logSize.count - 1] - logSize[0]) / Double(last)
    var best = (place: 0, loss: losses[0])
    var interval = 0
    for place in 1...last {
      let x = place == last ? logSize[logSize.count - 1] : logSize[0] + step * Double(place)
      while interval < logSize.count - 2, x >= logSize[interval + 1] { interval += 1 }
      let loss = spline.value(x, in: interval)
      if loss < best.loss { best = (place, loss) }
    }
    let edge: SizeSearch.Edge? =
      best.place == 0 ? .smallest : best.place == last ? .largest : nil
    return Minimum(
      logSize: logSize[0] + step * Double(best.place), logLoss: best.loss, edge: edge)
  }

  private func parabolaMinimum(_ losses: [Double], count: Int) -> Minimum? {
    let lowest = losses.indices.min { losses[$0] < losses[$1] }!
    let count = min(count, losses.count)
    let first = min(max(lowest - count / 2, 0), losses.count - count)
    let window = first..<(first + count)
    let centre = logSize[lowest]
    let x = window.map { logSize[$0] - centre }
    guard
      let fit = LogLinearFit(columns: [x, x.map { $0 * $0 }], y: window.map { losses[$0] }),
      fit.coefficients[2] > 0
    else { return nil }
    let vertex = -fit.coefficients[1] / (2 * fit.coefficients[2])
    let value = fit.coefficients[0] + vertex * fit.coefficients[1] / 2
    let at = centre + vertex
    let edge: SizeSearch.Edge? =
      at <= logSize[0] ? .smallest : at >= logSize[logSize.count - 1] ? .largest : nil
    return Minimum(logSize: at, logLoss: value, edge: edge)
  }

  /// log D at a log size between those tried, along straight lines; D is what the budget leaves, so
  /// with C = M·D these are exact.
  func logTokens(at x: Double) -> Double {
    let after = logSize.firstIndex { $0 >= x } ?? logSize.count - 1
    let right = max(after, 1)
    let fraction = (x - logSize[right - 1]) / (logSize[right] - logSize[right - 1])
    return logTokens[right - 1] + fraction * (logTokens[right] - logTokens[right - 1])
  }

  /// Differences between inner points and the cubic through their four neighbours, each divided by
  /// its standard deviation under noise of size 1: what is left of a smooth profile is noise (after
  /// Gasser, Sroka and Jennen-Steinmetz 1986, who take the line through two neighbours).
  var roughness: [Double] {
    guard logSize.count >= 5 else { return [] }
    return (2..<(logSize.count - 2)).map { i in
      let others = [i - 2, i - 1, i + 1, i + 2]
      var residual = logLoss[i]
      var variance = 1.0
      for j in others {
        let weight = others.reduce(1.0) { product, k in
          k == j ? product : product * (logSize[i] - logSize[k]) / (logSize[j] - logSize[k])
        }
        residual -= weight * logLoss[j]
        variance += weight * weight
      }
      return residual / variance.squareRoot()
    }
  }
}
