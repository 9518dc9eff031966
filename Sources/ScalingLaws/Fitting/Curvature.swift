/// What the second derivatives at a minimum say: standard errors, leverages and the size of the noise.
struct Curvature {
  /// Of each coordinate θ; nil for one that is held or at its bound, infinite for one that no row
  /// sees.
  private(set) var standardErrors: [Double?]
  /// hᵢ: how much a row's own value draws its prediction, 0 to 1.
  private(set) var leverages: [Double]
  /// What twice a rise of the objective is measured in, so that it is distributed as F (Schrader and
  /// Hettmansperger 1980). Infinite without degrees of freedom.
  var riseUnit: Double { noise / bend }
  /// Coordinates that are neither held nor at a bound.
  let free: [Int]

  /// Σ w·ψ² / (n − p).
  private let noise: Double
  /// The mean of ψ′: the share of rows that Huber's loss takes as squares.
  private let bend: Double
  /// How θ moves when a row's weight goes to 0, to first order, in `free`'s order.
  private var pulls: [[Double]]

  /// A mean of ψ′ that a handful of rows cannot bring to 0.
  private static let smallestBend = 0.05

  init(_ problem: FitProblem, _ sample: FitSample, at theta: [Double]) {
    let evaluation = problem.evaluation(at: theta)
    let rows = sample.weights.indices.filter { sample.weights[$0] > 0 }
    free = problem.free.filter {
      theta[$0] > problem.bounds.lower[$0] && theta[$0] < problem.bounds.upper[$0]
    }
    let scale = 1 / problem.loss.unit
    let scaled = problem.residuals(of: sample.targets, at: theta).map { $0 * scale }
    let slopes = scaled.map { problem.loss.evaluate($0).slope }
    let degrees = rows.count - free.count
    let squares = rows.reduce(0) { $0 + sample.weights[$1] * slopes[$1] * slopes[$1] }
    noise = degrees > 0 ? squares / Double(degrees) : .infinity
    let bends = rows.reduce(0) { $0 + problem.loss.curvature(scaled[$1]) }
    bend = max(bends / Double(max(rows.count, 1)), Self.smallestBend)

    standardErrors = [Double?](repeating: nil, count: problem.count)
    leverages = [Double](repeating: 0, count: problem.rows)
    pulls = [[Double]](repeating: [], count: problem.rows)
    let information = ScaledInformation(
      rows.map { row in
        (sample.weights[row], free.map { evaluation.jacobian[row * problem.count + $0] * scale })
      }, count: free.count)
    for (i, k) in free.enumerated() {
      standardErrors[k] = information.spread(of: i) * noise.squareRoot() / bend
    }
    for row in rows {
      let partial = free.map { evaluation.jacobian[row * problem.count + $0] * scale }
      let pull = information.pull(partial)
      let leverage = sample.weights[row] * zip(pull, partial).reduce(0) { $0 + $1.0 * $1.1 }
      leverages[row] = min(max(leverage, 0), 1)
      pulls[row] = pull.map { $0 * sample.weights[row] * slopes[row] / bend }
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

/// Σ w·J·Jᵀ, inverted with its diagonal scaled to 1, so that coordinates of very different sizes do
/// not spoil one another. A small ridge turns an exact null direction into a huge variance.
private struct ScaledInformation {
  /// √ of the diagonal.
  private let sizes: [Double]
  private let inverse: SymmetricMatrix?

  private static let ridge = 1e-13

  /// - Parameter rows: weight and gradient of each.
  init(_ rows: [(weight: Double, partial: [Double])], count: Int) {
    let sizes = (0..<count).map { k in
      rows.reduce(0) { $0 + $1.weight * $1.partial[k] * $1.partial[k] }.squareRoot()
    }
    var matrix = SymmetricMatrix(order: count)
    for i in 0..<count {
      for j in 0..<i where sizes[i] > 0 && sizes[j] > 0 {
        matrix[i, j] =
          rows.reduce(0) { $0 + $1.weight * $1.partial[i] * $1.partial[j] } / (sizes[i] * sizes[j])
      }
      matrix[i, i] = 1 + Self.ridge
    }
    self.sizes = sizes
    inverse = matrix.inverse()
  }

  /// √ of a diagonal element of the inverse; infinite where no row sees the coordinate.
  func spread(of i: Int) -> Double {
    guard let inverse, sizes[i] > 0 else { return .infinity }
    return inverse[i, i].squareRoot() / sizes[i]
  }

  /// The inverse times a gradient.
  func pull(_ partial: [Double]) -> [Double] {
    guard let inverse else { return partial.map { _ in 0 } }
    return sizes.indices.map { i in
      guard sizes[i] > 0 else { return 0 }
      let sum = sizes.indices.reduce(0) { sum, j in
        sizes[j] > 0 ? sum + inverse[max(i, j), min(i, j)] * partial[j] / sizes[j] : sum
      }
      return sum / sizes[i]
    }
  }
}
