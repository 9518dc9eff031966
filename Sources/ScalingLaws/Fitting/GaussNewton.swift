/// A local minimiser in a box for Σ w·ρ(r): Gauss and Newton's steps, damped as by Levenberg and
/// Marquardt. From a warm start it needs a handful of evaluations where L-BFGS needs dozens.
///
/// The matrix is Jᵀ·diag(w·ρ″)·J, which makes steps exact where Huber's loss is linear. Where such a
/// step fails, as when few rows are close, the next is cautious: it takes Jᵀ·diag(w·ρ′/r)·J, whose
/// quadratic lies above Huber's loss. Its diagonal is what damping is measured in.
struct GaussNewton {
  var problem: FitProblem
  /// Whether each step ends at the best amplitudes for its shape. It costs a few evaluations a step and
  /// pays in the long flat valleys of terms that the data hardly tell apart; far from a minimum it
  /// drops terms too soon.
  var projectsAmplitudes = false
  /// Evaluations before giving up.
  var limit = 100

  /// Evaluations after which steps follow a valley's bend, which costs each of them one more.
  private static let straight = 20
  /// A step that promises less than this share of the objective is not worth taking.
  private static let negligible = 1e-14
  /// A descent with projection ends where all of it, undamped, promises less than this share of the
  /// objective, about a thousandth of a standard error, however far a flat direction may yet go.
  private static let resolved = 1e-9
  /// A step refused for rounding promises no more than this.
  private static let unresolved = 1e-11
  /// Damping up to which a step's promise is that of the whole descent.
  private static let nearlyUndamped = 1e-2

  /// The minimum reached from `start`; converged when a nearly undamped step promises nothing, which
  /// asks for no unit of θ, or when the gradient is stationary. A parameter that the data do not tell
  /// need not have stopped.
  func minimise(from start: [Double], _ sample: FitSample) -> BoundedMinimiser.End {
    var evaluation = FitProblem.Evaluation(problem)
    var here = expansion(at: problem.bounds.clamping(start), sample, &evaluation)
    var there = evaluation
    var damping = 1e-4
    var evaluations = 1
    var isSettled = false
    var isCautious = false
    while evaluations < limit, damping < 1e16, here.value.isFinite, !isSettled {
      let room = room(at: here.theta)
      guard let step = here.step(in: room, damping: damping, isCautious: isCautious) else {
        damping *= 16
        continue
      }
      let promise = step.promise / max(1, here.value)
      if promise <= Self.negligible {
        isSettled = damping <= Self.nearlyUndamped
        break
      }
      if projectsAmplitudes, here.hasNothing(above: Self.resolved, in: room) {
        isSettled = true
        break
      }
      var target = end(of: step.move, from: here.theta)
      if projectsAmplitudes || evaluations > Self.straight {
        target = bent(
          step, from: here, evaluation, sample, damping: damping, isCautious: isCautious)
        evaluations += 1
      }
      var trial = expansion(at: target, sample, &there)
      evaluations += 1
      if projectsAmplitudes, trial.value.isFinite {
        trial = expansion(at: projecting(target, there, sample), sample, &there)
        evaluations += 1
      }
      if trial.value < here.value {
        damping = max(damping / 8, 1e-12)
        isCautious = false
        here = trial
        swap(&evaluation, &there)
      } else if !isCautious, problem.loss.isLinearFarOut {
        isCautious = true
      } else {
        isSettled = promise <= Self.unresolved && damping <= Self.nearlyUndamped
        isCautious = false
        damping *= 4
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

  /// Where a step ends that follows the valley's bend: with half of Transtrum and Sethna's geodesic
  /// acceleration (2012, arXiv 1201.5885), from the second derivative of ln ŷ along the step; the
  /// straight end where that is no small correction.
  private func bent(
    _ step: Expansion.Step, from here: Expansion, _ evaluation: FitProblem.Evaluation,
    _ sample: FitSample, damping: Double, isCautious: Bool
  ) -> [Double] {
    let share = 0.1
    let move = step.move
    let probe = problem.evaluation(
      at: end(of: move.map { share * $0 }, from: here.theta))
    let scale = 1 / problem.loss.unit
    var pull = [Double](repeating: 0, count: problem.count)
    for row in 0..<problem.rows where sample.weights[row] > 0 {
      let partial = evaluation.jacobian[(row * problem.count)..<((row + 1) * problem.count)]
      let straight = zip(partial, move).reduce(0) { $0 + $1.0 * $1.1 }
      let bend =
        2 / share * ((probe.values[row] - evaluation.values[row]) / share - straight)
      let r = (sample.targets[row] - evaluation.values[row]) * scale
      let weight = sample.weights[row] * problem.loss.curvature(r) * scale * scale
      for (k, value) in zip(pull.indices, partial) { pull[k] -= weight * value * bend }
    }
    guard
      let correction = here.solution(
        of: step.free.map { pull[$0] }, free: step.free, damping: damping, isCautious)
    else { return end(of: move, from: here.theta) }
    let half = zip(step.free, correction).map { (k: $0, by: $1 / 2) }
    let size = step.free.reduce(0) { $0 + here.cautious[$1, $1] * move[$1] * move[$1] }
    let turn = half.reduce(0) { $0 + here.cautious[$1.k, $1.k] * $1.by * $1.by }
    var bent = move
    if turn <= 0.14 * size { for (k, by) in half { bent[k] += by } }
    return end(of: bent, from: here.theta)
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
            let cautious = secant * partial[k]
            let exact = bend * partial[k]
            for j in 0...k {
              result.cautious[k, j] += cautious * partial[j]
              result.exact[k, j] += exact * partial[j]
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
  /// How far a step moves each coordinate, how far the model says that the objective falls, and the
  /// coordinates that did not stop at a bound.
  struct Step {
    var move: [Double]
    var promise: Double
    var free: [Int]
  }

  var theta: [Double]
  var value = 0.0
  var gradient: [Double]
  /// Second derivatives of Σ w·ρ where the model is linear.
  var exact: SymmetricMatrix
  /// Those of the quadratic that lies above it.
  var cautious: SymmetricMatrix

  init(theta: [Double]) {
    self.theta = theta
    gradient = [Double](repeating: 0, count: theta.count)
    exact = SymmetricMatrix(order: theta.count)
    cautious = exact
  }

  /// The damped step, and how far the model says that the objective falls; nil when the damped matrix
  /// is not positive definite.
  ///
  /// A coordinate that would leave its room stops at the end of it, and the others are solved for again
  /// given that: in a narrow valley a step that is merely cut off climbs the valley's side.
  func step(in room: ParameterBounds, damping: Double, isCautious: Bool) -> Step? {
    let matrix = isCautious ? cautious : exact
    var free = theta.indices.filter { !room.holds($0, theta: 0, gradient: gradient[$0]) }
    let moving = free
    var move = [Double](repeating: 0, count: theta.count)
    var stopped: [Int] = []
    while !free.isEmpty {
      let right = free.map { k in
        stopped.reduce(-gradient[k]) { $0 - matrix[max(k, $1), min(k, $1)] * move[$1] }
      }
      guard let solution = solution(of: right, free: free, damping: damping, isCautious) else {
        return nil
      }
      for (i, k) in free.enumerated() { move[k] = solution[i] }
      let leaving = free.filter {
        move[$0] < room.lower[$0] || move[$0] > room.upper[$0]
      }
      if leaving.isEmpty { break }
      for k in leaving {
        move[k] = move[k] < 0 ? room.lower[k] : room.upper[k]
      }
      stopped += leaving
      free.removeAll(where: leaving.contains)
    }
    var promise = 0.0
    for (i, k) in moving.enumerated() {
      promise -= gradient[k] * move[k] + 0.5 * matrix[k, k] * move[k] * move[k]
      for j in moving[..<i] { promise -= matrix[k, j] * move[k] * move[j] }
    }
    return Step(move: move, promise: abs(promise), free: free)
  }

  /// Whether the undamped step promises no more than this share of the objective.
  func hasNothing(above share: Double, in room: ParameterBounds) -> Bool {
    guard let step = step(in: room, damping: 1e-10, isCautious: false) else { return false }
    return step.promise <= share * value
  }

  /// The damped system of the coordinates in `free`; nil when it is not positive definite.
  func solution(
    of right: [Double], free: [Int], damping: Double, _ isCautious: Bool
  ) -> [Double]? {
    let matrix = isCautious ? cautious : exact
    // A coordinate that no row sees has a zero diagonal; this keeps it where it is.
    let floor = 1e-14 * (free.map { cautious[$0, $0] }.max() ?? 0) + 1e-300
    var reduced = SymmetricMatrix(order: free.count)
    for (i, k) in free.enumerated() {
      for j in 0...i { reduced[i, j] = matrix[k, free[j]] }
      reduced[i, i] += damping * cautious[k, k] + floor
    }
    return reduced.solve(right)
  }
}
