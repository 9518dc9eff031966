/// A local minimiser in a box for Σ w·ρ(r): Gauss and Newton's steps, damped as by Levenberg and
/// Marquardt. From a warm start it needs a handful of evaluations where L-BFGS needs dozens.
///
/// The matrix is Jᵀ·diag(w·ρ″)·J, which makes steps exact where Huber's loss is linear; the damping is
/// in units of Jᵀ·diag(w·ρ′/r)·J, which is never singular in a direction that the rows see.
struct GaussNewton {
  var problem: FitProblem

  /// Evaluations before giving up.
  private static let limit = 100
  /// A step that promises less than this share of the objective is not worth taking.
  private static let negligible = 1e-14
  /// A step refused for rounding promises no more than this.
  private static let unresolved = 1e-11
  /// Damping up to which a step's promise is that of the whole descent.
  private static let nearlyUndamped = 1e-2

  /// The minimum reached from `start`; converged when a nearly undamped step promises nothing, which
  /// asks for no unit of θ, or when the gradient is stationary.
  func minimise(from start: [Double], _ sample: FitSample) -> BoundedMinimiser.End {
    var evaluation = FitProblem.Evaluation(problem)
    var here = expansion(at: problem.bounds.clamping(start), sample, &evaluation)
    var damping = 1e-4
    var evaluations = 1
    var isSettled = false
    while evaluations < Self.limit, damping < 1e16, here.value.isFinite, !isSettled {
      guard let step = here.step(in: problem.bounds, damping: damping) else {
        damping *= 16
        continue
      }
      let promise = step.promise / max(1, here.value)
      if promise <= Self.negligible {
        isSettled = damping <= Self.nearlyUndamped
        break
      }
      let trial = expansion(at: step.theta, sample, &evaluation)
      evaluations += 1
      if trial.value < here.value {
        damping = max(damping / 16, 1e-12)
        here = trial
      } else {
        isSettled = promise <= Self.unresolved && damping <= Self.nearlyUndamped
        damping *= 8
      }
    }
    let gradient = here.gradient.withUnsafeBufferPointer {
      problem.bounds.freeGradient($0, at: here.theta)
    }
    return BoundedMinimiser.End(
      theta: here.theta, value: here.value, gradient: gradient, evaluations: evaluations,
      converged: isSettled
        || BoundedMinimiser.isStationary(value: here.value, gradient: gradient))
  }

  private func expansion(
    at theta: [Double], _ sample: FitSample, _ evaluation: inout FitProblem.Evaluation
  ) -> Expansion {
    let count = problem.count
    let loss = problem.loss
    let scale = 1 / loss.unit
    theta.withUnsafeBufferPointer { evaluation.evaluate(problem, at: $0) }
    var result = Expansion(theta: theta)
    evaluation.jacobian.withUnsafeBufferPointer { jacobian in
      result.gradient.withUnsafeMutableBufferPointer { gradient in
        result.damping.withUnsafeMutableBufferPointer { damping in
          for row in 0..<problem.rows where sample.weights[row] > 0 {
            let weight = sample.weights[row]
            let r = (sample.targets[row] - evaluation.values[row]) * scale
            let term = loss.evaluate(r)
            result.value += weight * term.value
            let slope = weight * term.slope * scale
            let bend = weight * loss.curvature(r) * scale * scale
            let secant = r == 0 ? bend : slope * scale / r
            let partial = jacobian.baseAddress! + row * count
            for k in 0..<count {
              gradient[k] -= slope * partial[k]
              damping[k] += secant * partial[k] * partial[k]
              guard bend > 0 else { continue }
              let factor = bend * partial[k]
              for j in 0...k { result.matrix[k, j] += factor * partial[j] }
            }
          }
        }
      }
    }
    return result
  }
}

/// The objective about a point to second order.
private struct Expansion {
  var theta: [Double]
  var value = 0.0
  var gradient: [Double]
  var matrix: SymmetricMatrix
  /// The diagonal that damping is measured in.
  var damping: [Double]

  init(theta: [Double]) {
    self.theta = theta
    gradient = [Double](repeating: 0, count: theta.count)
    damping = gradient
    matrix = SymmetricMatrix(order: theta.count)
  }

  /// Where the damped step ends in the box, and how far the model says that the objective falls; nil
  /// when the damped matrix is not positive definite.
  func step(in bounds: ParameterBounds, damping factor: Double) -> (
    theta: [Double], promise: Double
  )? {
    let free = theta.indices.filter { !bounds.holds($0, theta: theta[$0], gradient: gradient[$0]) }
    guard !free.isEmpty else { return (theta, 0) }
    // A coordinate that no row sees has a zero diagonal; this keeps it where it is.
    let floor = 1e-14 * (free.map { damping[$0] }.max() ?? 0) + 1e-300
    var reduced = SymmetricMatrix(order: free.count)
    for (i, k) in free.enumerated() {
      for j in 0...i { reduced[i, j] = matrix[k, free[j]] }
      reduced[i, i] += factor * damping[k] + floor
    }
    guard let move = reduced.solve(free.map { -gradient[$0] }) else { return nil }
    var end = theta
    for (i, k) in free.enumerated() { end[k] += move[i] }
    end = bounds.clamping(end)
    let taken = free.map { end[$0] - theta[$0] }
    var promise = 0.0
    for (i, k) in free.enumerated() {
      promise -= gradient[k] * taken[i] + 0.5 * matrix[k, k] * taken[i] * taken[i]
      for j in 0..<i { promise -= matrix[k, free[j]] * taken[i] * taken[j] }
    }
    return (end, abs(promise))
  }
}
