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
    let problem = problem(points)
    let search = try MultiStart(problem, sample(points), starts: form.starts(for: points))
    return FitResult(
      theta: search.best.theta, objective: search.best.value,
      residuals: problem.residuals(of: points.map(\.logValue), at: search.best.theta),
      diagnostics: search.diagnostics)
  }

  /// The minimum reached from one start, for a resample near `theta`; nil when it is not stationary.
  public func refit(_ points: [FitPoint<Form.Input>], from theta: [Double]) -> [Double]? {
    let end = problem(points).minimum(of: sample(points), from: theta)
    return end.converged ? end.theta : nil
  }

  private func problem(_ points: [FitPoint<Form.Input>]) -> FitProblem {
    FitProblem(
      form: form, inputs: points.map(\.input), loss: loss, bounds: form.bounds(for: points))
  }

  private func sample(_ points: [FitPoint<Form.Input>]) -> FitSample {
    FitSample(
      targets: points.map(\.logValue), weights: [Double](repeating: 1, count: points.count))
  }
}
