import Foundation

extension LeverageStudy {
  /// The dense curve over compute, chosen form first.
  func denseLaws() -> [FittedLaw] {
    laws(
      of: dense, subject: .denseLossAgainstCompute, draws: plan.draws,
      runs: envelope.points.flatMap(\.runs))
  }

  /// The dense curve over seconds, chosen form first; none when it could not be fitted.
  func timedLaws() -> [FittedLaw] {
    guard let timed else { return [] }
    return laws(
      of: timed, subject: .denseLossAgainstSeconds,
      draws: plan.draws.map { $0.restricted(to: timedCells) },
      runs: timedCells.flatMap { envelope.points[$0].runs })
  }

  private func laws(
    of curve: DenseCurve, subject: FittedLaw.Subject, draws: [ResamplePlan.Draw], runs: [Int64]
  ) -> [FittedLaw] {
    let chosen = law(
      curve.selection.chosen, of: curve, subject: subject, isSelected: true, draws: draws,
      runs: runs)
    let alternative = curve.selection.alternative.map {
      law($0, of: curve, subject: subject, isSelected: false, draws: draws, runs: runs)
    }
    return [chosen] + (alternative.map { [$0] } ?? [])
  }

  private func law(
    _ fit: LossCurveFit, of curve: DenseCurve, subject: FittedLaw.Subject, isSelected: Bool,
    draws: [ResamplePlan.Draw], runs: [Int64]
  ) -> FittedLaw {
    let resamples = draws.map { curve.refit(fit, $0) }
    let curves = resamples.compactMap(\.self)
    func parameter(
      _ name: String, _ value: (LossCurve) -> Double
    ) -> FittedParameter {
      FittedParameter(
        name: name, value: value(fit.curve),
        interval: Interval(percentilesOf: curves.map(value), level: options.level))
    }
    var parameters = [parameter("α", \.alpha), parameter("β", \.beta)]
    if fit.curve.form == .offsetPowerLaw { parameters.append(parameter("E", \.offset)) }
    var warnings = fit.warnings
    if isSelected { warnings += curve.selection.warnings }
    if curves.count < draws.count {
      warnings.append(.resamplesFailed(failed: draws.count - curves.count, of: draws.count))
    }
    let akaike = fit.result.correctedAkaike
    return FittedLaw(
      subject: subject, form: fit.curve.form.rawValue, formula: fit.curve.form.formula,
      isSelected: isSelected, parameters: parameters, range: fit.curve.range,
      logResidual: fit.result.logResidual, correctedAkaike: akaike.isFinite ? akaike : nil,
      diagnostics: fit.result.diagnostics, warnings: warnings, runs: runs.sorted())
  }
}

extension LossCurve.Form {
  /// The form written out.
  public var formula: String {
    switch self {
    case .powerLaw: "L = α·x^(−β)"
    case .offsetPowerLaw: "L = α·x^(−β) + E"
    }
  }
}

extension FitResult {
  /// Root mean square of the residuals.
  var logResidual: Double { (squaredResiduals / Double(residuals.count)).squareRoot() }
}
