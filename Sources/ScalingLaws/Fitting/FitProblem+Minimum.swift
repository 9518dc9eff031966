extension FitProblem {
  /// Evaluations after which a form with amplitudes has them projected.
  private static let patience = 40

  /// The minimum reached from one start: Gauss-Newton steps; where they are slow, steps with the
  /// amplitudes projected; where these stall, as in a valley whose curvature they cannot see, L-BFGS
  /// from there and then steps again.
  func minimum(of sample: FitSample, from start: [Double]) -> BoundedMinimiser.End {
    var steps = GaussNewton(problem: self)
    if !amplitudes.isEmpty { steps.limit = Self.patience }
    var last = steps.minimise(from: start, sample)
    if last.converged { return last }
    var evaluations = last.evaluations
    let restart = last.value.isFinite ? last.theta : start
    steps = GaussNewton(problem: self, projectsAmplitudes: !amplitudes.isEmpty)
    if steps.projectsAmplitudes {
      last = steps.minimise(from: restart, sample)
      evaluations += last.evaluations
    }
    if !last.converged {
      let far = last.value.isFinite ? last.theta : start
      let descent = BoundedMinimiser(bounds: bounds).minimise(from: far, objective(of: sample))
      last = steps.minimise(from: descent.theta, sample)
      evaluations += descent.evaluations + last.evaluations
    }
    last.evaluations = evaluations
    return last
  }

  /// Σ w·ρ(r / unit) and its gradient.
  func objective(of sample: FitSample) -> BoundedMinimiser.Objective {
    let scale = 1 / loss.unit
    var evaluation = Evaluation(self)
    return { theta, gradient in
      evaluation.evaluate(self, at: theta)
      gradient.update(repeating: 0)
      var sum = 0.0
      for row in 0..<rows where sample.weights[row] > 0 {
        let term = loss.evaluate((sample.targets[row] - evaluation.values[row]) * scale)
        sum += sample.weights[row] * term.value
        let slope = sample.weights[row] * term.slope * scale
        for k in 0..<count { gradient[k] -= slope * evaluation.jacobian[row * count + k] }
      }
      return sum
    }
  }
}

/// The ends of a fit's starts.
struct MultiStart {
  /// The lowest one that is stationary.
  var best: BoundedMinimiser.End
  /// The lowest one elsewhere: where a resample is tried again.
  var second: BoundedMinimiser.End?
  var diagnostics: FitDiagnostics

  /// - Throws: `noConvergence`.
  init(
    _ problem: FitProblem, _ sample: FitSample, starts given: [[Double]]
  ) throws(ScalingLawsError) {
    var starts: [[Double]] = []
    for start in given.map(problem.bounds.clamping) where !starts.contains(start) {
      starts.append(start)
    }
    let ends = starts.map { problem.minimum(of: sample, from: $0) }
    guard let best = Self.lowest(of: ends) else {
      throw .noConvergence(
        form: problem.form, starts: starts.count,
        smallestGradient: ends.map(\.gradient).min() ?? .infinity)
    }
    let tolerance = 1e-6 * max(1, best.value)
    var reached = 0
    var travelled = 0
    for (start, end) in zip(starts, ends) where end.value <= best.value + tolerance {
      reached += 1
      let moved = zip(start, end.theta).contains { abs($0 - $1) > 1e-9 * max(1, abs($0)) }
      if moved { travelled += 1 }
    }
    self.best = best
    second = ends.filter { $0.converged && $0.value > best.value + tolerance }
      .min { $0.value < $1.value }
    diagnostics = FitDiagnostics(
      starts: starts.count, reached: reached, travelled: travelled, gradient: best.gradient,
      evaluations: ends.reduce(0) { $0 + $1.evaluations })
  }

  /// The lowest stationary end. Where none is quite stationary, as in the long flat valley of a term
  /// that goes to 0, the lowest of all counts if another start has come to within a thousandth of it.
  private static func lowest(of ends: [BoundedMinimiser.End]) -> BoundedMinimiser.End? {
    if let best = ends.filter(\.converged).min(by: { $0.value < $1.value }) { return best }
    guard let best = ends.filter(\.value.isFinite).min(by: { $0.value < $1.value }) else {
      return nil
    }
    let near = ends.count { $0.value <= best.value + 1e-3 * max(1, best.value) }
    return near > 1 ? best : nil
  }
}
