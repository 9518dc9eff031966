import Foundation

/// Variable projection (Golub and Pereyra 1973). A form that is a sum of terms is linear in their
/// amplitudes p, so that steps take p as it is and not ln p: a term that the data do not want ends at
/// its bound, and not after an endless walk.
extension GaussNewton {
  private var amplitudes: [Int] { projectsAmplitudes ? problem.amplitudes : [] }

  /// How far each coordinate may move from `theta`; an amplitude that is projected, by which relative
  /// change of p.
  func room(at theta: [Double]) -> ParameterBounds {
    var room = ParameterBounds(
      lower: zip(problem.bounds.lower, theta).map { $0 - $1 },
      upper: zip(problem.bounds.upper, theta).map { $0 - $1 })
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
    return problem.bounds.clamping(end)
  }

  /// `theta` with its amplitudes at their minimum and the rest held. One evaluation tells
  /// y = y₀·(1 + Σ ∂ln y₀·δ) for every change δ of theirs.
  func projecting(
    _ theta: [Double], _ evaluation: FitProblem.Evaluation, _ sample: FitSample
  ) -> [Double] {
    let room = room(at: theta)
    var terms = problem
    terms.count = amplitudes.count
    terms.bounds = ParameterBounds(
      lower: amplitudes.map { room.lower[$0] }, upper: amplitudes.map { room.upper[$0] })
    terms.model = { [amplitudes, count = problem.count] changes, values, jacobian in
      for row in values.indices {
        let partial = evaluation.jacobian[(row * count)..<((row + 1) * count)]
        var ratio = 1.0
        for (i, k) in amplitudes.enumerated() {
          ratio += partial[partial.startIndex + k] * changes[i]
        }
        let (value, slope) = flooredLog(ratio)
        values[row] = evaluation.values[row] + value
        for (i, k) in amplitudes.enumerated() {
          jacobian[row * amplitudes.count + i] = partial[partial.startIndex + k] * slope
        }
      }
    }
    let start = [Double](repeating: 0, count: terms.count)
    let least = GaussNewton(problem: terms).minimise(from: start, sample)
    var move = [Double](repeating: 0, count: problem.count)
    for (i, k) in amplitudes.enumerated() { move[k] = least.theta[i] }
    return end(of: move, from: theta)
  }
}
