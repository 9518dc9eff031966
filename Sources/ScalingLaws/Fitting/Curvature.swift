/// What the second derivatives at a minimum say: standard errors, leverages and the size of the noise.
struct Curvature {
  /// Of each coordinate θ; nil for one that is held or at its bound, infinite for one that no row
  /// sees.
  var standardErrors: [Double?]
  /// hᵢ: how much a row's own value draws its prediction, 0 to 1.
  var leverages: [Double]
  /// Σ w·ψ² / (n − p) over the mean of ψ′: what twice a rise of the objective is measured in, so that
  /// it is distributed as F (Schrader and Hettmansperger 1980). Infinite without degrees of freedom.
  var riseUnit: Double
  /// Coordinates that are neither held nor at a bound.
  var free: [Int]
  /// How θ moves when row i's weight goes to 0, to first order, in `free`'s order.
  private var pulls: [[Double]]

  init(_ problem: FitProblem, _ sample: FitSample, at theta: [Double]) {
    let evaluation = problem.evaluation(at: theta)
    let scale = 1 / problem.loss.unit
    let rows = sample.weights.indices.filter { sample.weights[$0] > 0 }
    let free = problem.free.filter {
      theta[$0] > problem.bounds.lower[$0] && theta[$0] < problem.bounds.upper[$0]
    }
    func partial(_ row: Int, _ k: Int) -> Double {
      evaluation.jacobian[row * problem.count + k] * scale
    }
    var slopes = [Double](repeating: 0, count: problem.rows)
    var squares = 0.0
    var bend = 0.0
    for row in rows {
      let r = (sample.targets[row] - evaluation.values[row]) * scale
      slopes[row] = problem.loss.evaluate(r).slope
      squares += sample.weights[row] * slopes[row] * slopes[row]
      bend += problem.loss.curvature(r)
    }
    // Huber's covariance with a mean of ψ′ that a handful of rows cannot bring to 0.
    let meanBend = max(bend / Double(max(rows.count, 1)), 0.05)
    let degrees = rows.count - free.count
    let noise = degrees > 0 ? squares / Double(degrees) : .infinity
    riseUnit = noise / meanBend
    self.free = free

    // Scaled to unit diagonal; the small ridge turns an exact null direction into a huge error.
    let sizes = free.map { k in
      rows.reduce(0) { $0 + sample.weights[$1] * partial($1, k) * partial($1, k) }.squareRoot()
    }
    var matrix = SymmetricMatrix(order: free.count)
    for (i, k) in free.enumerated() {
      for j in 0...i where sizes[i] > 0 && sizes[j] > 0 {
        let sum = rows.reduce(0) {
          $0 + sample.weights[$1] * partial($1, k) * partial($1, free[j])
        }
        matrix[i, j] = sum / (sizes[i] * sizes[j])
      }
      matrix[i, i] = 1 + 1e-13
    }
    let inverse = matrix.inverse()
    standardErrors = [Double?](repeating: nil, count: problem.count)
    for (i, k) in free.enumerated() {
      guard let inverse, sizes[i] > 0 else {
        standardErrors[k] = .infinity
        continue
      }
      standardErrors[k] = (noise * inverse[i, i]).squareRoot() / (meanBend * sizes[i])
    }
    leverages = [Double](repeating: 0, count: problem.rows)
    pulls = [[Double]](repeating: [], count: problem.rows)
    for row in rows {
      guard let inverse else { continue }
      let unit = free.enumerated().map { sizes[$0] > 0 ? partial(row, $1) / sizes[$0] : 0 }
      var pull = free.indices.map { i in
        free.indices.reduce(0) { $0 + inverse[i, $1] * unit[$1] }
      }
      let leverage = sample.weights[row] * zip(pull, unit).reduce(0) { $0 + $1.0 * $1.1 }
      leverages[row] = min(max(leverage, 0), 1)
      for i in free.indices {
        let size = sizes[i] > 0 ? sizes[i] : 1
        pull[i] *= sample.weights[row] * slopes[row] / (meanBend * size)
      }
      pulls[row] = pull
    }
  }

  /// How far leaving out `row` moves the coordinate that it moves most, in standard errors and to
  /// first order: Cook's distance by coordinate.
  func influence(of row: Int) -> Double {
    let spare = max(1 - leverages[row], 1e-3)
    var largest = 0.0
    for (i, pull) in pulls[row].enumerated() {
      if let error = standardErrors[free[i]], error.isFinite, error > 0 {
        largest = max(largest, abs(pull) / spare / error)
      }
    }
    return largest
  }
}
