import Foundation

/// A form that is a sum of terms is linear in their amplitudes p. Steps take those as they are, not in
/// logarithms: a term that the data do not want then ends at its bound, and not after an endless walk.
extension FitProblem {
  /// How far each coordinate may move from `theta`: of an amplitude, the relative change of p.
  func room(at theta: [Double]) -> ParameterBounds {
    var room = ParameterBounds(
      lower: zip(bounds.lower, theta).map { $0 - $1 },
      upper: zip(bounds.upper, theta).map { $0 - $1 })
    for k in amplitudes {
      room.lower[k] = expm1(room.lower[k])
      room.upper[k] = expm1(room.upper[k])
    }
    return room
  }

  /// Where a move ends, in the box.
  func end(of move: [Double], from theta: [Double]) -> [Double] {
    var end = zip(theta, move).map { $0 + $1 }
    for k in amplitudes { end[k] = theta[k] + log1p(max(move[k], -1)) }
    return bounds.clamping(end)
  }

  /// `theta` with its amplitudes at their minimum and the rest held: variable projection (Golub and
  /// Pereyra 1973). One evaluation tells y = y₀·(1 + Σ ∂ln y₀·δ) for every change δ of theirs.
  func projecting(
    _ theta: [Double], _ evaluation: Evaluation, _ sample: FitSample
  ) -> [Double] {
    var terms = self
    terms.count = amplitudes.count
    terms.amplitudes = []
    let room = room(at: theta)
    terms.bounds = ParameterBounds(
      lower: amplitudes.map { room.lower[$0] }, upper: amplitudes.map { room.upper[$0] })
    terms.model = { [amplitudes, count] changes, values, jacobian in
      for row in values.indices {
        var ratio = 1.0
        for (i, k) in amplitudes.enumerated() {
          ratio += evaluation.jacobian[row * count + k] * changes[i]
        }
        let (value, slope) = flooredLog(ratio)
        values[row] = evaluation.values[row] + value
        for (i, k) in amplitudes.enumerated() {
          jacobian[row * amplitudes.count + i] = evaluation.jacobian[row * count + k] * slope
        }
      }
    }
    let start = [Double](repeating: 0, count: terms.count)
    let least = GaussNewton(problem: terms).minimise(from: start, sample)
    var move = [Double](repeating: 0, count: count)
    for (i, k) in amplitudes.enumerated() { move[k] = least.theta[i] }
    return end(of: move, from: theta)
  }
}
