import Foundation

/// Fits a form to points by minimising Σ ρ(log y − log ŷ) from many starts.
public struct RobustFit<Form: LawForm>: Sendable {
  public var form: Form
  public var loss: ResidualLoss

  public init(form: Form, loss: ResidualLoss) {
    self.form = form
    self.loss = loss
  }

  /// The best minimum over the form's grid of starts.
  ///
  /// - Throws: `tooFewPoints` below one point a parameter; `invalidPoint`; `noConvergence`.
  public func fit(
    _ points: [FitPoint<Form.Input>]
  ) throws(ScalingLawsError) -> FitResult {
    guard points.count >= form.count else {
      throw .tooFewPoints(form: form.name, have: points.count, need: form.count)
    }
    for (index, point) in points.enumerated() where !point.logValue.isFinite {
      throw .invalidPoint(index: index, value: exp(point.logValue))
    }
    let minimiser = BoundedMinimiser(bounds: form.bounds(for: points))
    let starts = form.starts(for: points)
    let ends = starts.map { minimiser.minimise(from: $0, objective(points)) }
    guard let best = ends.filter(\.converged).min(by: { $0.value < $1.value }) else {
      throw .noConvergence(
        form: form.name, starts: starts.count,
        smallestGradient: ends.map(\.gradient).min() ?? .infinity)
    }
    return result(best, ends: ends, starts: starts, points: points)
  }

  /// The minimum reached from one start, for a resample near `theta`; nil when it is not stationary.
  public func refit(_ points: [FitPoint<Form.Input>], from theta: [Double]) -> [Double]? {
    let minimiser = BoundedMinimiser(bounds: form.bounds(for: points))
    let end = minimiser.minimise(from: theta, objective(points))
    return end.converged ? end.theta : nil
  }

  private func objective(_ points: [FitPoint<Form.Input>]) -> BoundedMinimiser.Objective {
    let form = form
    let loss = loss
    let scale = 1 / loss.unit
    return { theta, gradient in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: form.count) { partial in
        gradient.update(repeating: 0)
        var sum = 0.0
        for point in points {
          let predicted = form.logValue(theta, at: point.input, gradient: partial)
          let term = loss.evaluate((point.logValue - predicted) * scale)
          sum += term.value
          for k in 0..<form.count { gradient[k] -= term.slope * scale * partial[k] }
        }
        return sum
      }
    }
  }

  private func result(
    _ best: BoundedMinimiser.End, ends: [BoundedMinimiser.End], starts: [[Double]],
    points: [FitPoint<Form.Input>]
  ) -> FitResult {
    let tolerance = 1e-6 * max(1, best.value)
    var reached = 0
    var travelled = 0
    for (start, end) in zip(starts, ends) where end.value <= best.value + tolerance {
      reached += 1
      let moved = zip(start, end.theta).contains { abs($0 - $1) > 1e-9 * max(1, abs($0)) }
      if moved { travelled += 1 }
    }
    let residuals = points.map { $0.logValue - form.logValue(best.theta, at: $0.input) }
    return FitResult(
      theta: best.theta, objective: best.value, residuals: residuals,
      diagnostics: FitDiagnostics(
        starts: starts.count, reached: reached, travelled: travelled, gradient: best.gradient,
        evaluations: ends.reduce(0) { $0 + $1.evaluations }))
  }
}
