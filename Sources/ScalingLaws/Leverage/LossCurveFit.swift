import Foundation

/// A loss curve fitted to points, in one form.
public struct LossCurveFit: Sendable {
  public var curve: LossCurve
  public var result: FitResult
  /// About this form alone; `CurveSelection` adds what concerns the choice.
  public var warnings: [LawWarning]

  private var loss: ResidualLoss
  /// log of the x that the form is centred on.
  private var logCentre: Double

  /// Fits one form.
  ///
  /// - Throws: `invalidPoint`, `tooFewPoints`, `noConvergence`.
  public init(
    _ points: [CurvePoint], form: LossCurve.Form, loss: ResidualLoss
  ) throws(ScalingLawsError) {
    try points.validate()
    let centre = points.logCentre
    let fitted = points.map { FitPoint(input: log($0.x) - centre, logValue: log($0.loss)) }
    self.loss = loss
    logCentre = centre
    switch form {
    case .powerLaw:
      result = try RobustFit(form: PowerLawForm(), loss: loss).fit(fitted)
    case .offsetPowerLaw:
      result = try RobustFit(form: OffsetPowerLawForm(), loss: loss).fit(fitted)
    }
    curve = Self.curve(result.theta, form: form, logCentre: centre, range: points.range)
    warnings = result.diagnostics.warnings
    if curve.beta <= 0 { warnings.append(.notFalling(exponent: curve.beta)) }
    if form == .offsetPowerLaw {
      let box = OffsetPowerLawForm().bounds(for: fitted)
      if result.theta[1] <= box.lower[1] || result.theta[1] >= box.upper[1] {
        warnings.append(.atBound(parameter: "β"))
      }
    }
  }

  /// The same form fitted to a resample, from this fit's minimum; nil when it does not converge.
  func refit(logX: [Double], logLoss: [Double]) -> LossCurve? {
    let points = zip(logX, logLoss).map { FitPoint(input: $0 - logCentre, logValue: $1) }
    let theta: [Double]? =
      switch curve.form {
      case .powerLaw:
        RobustFit(form: PowerLawForm(), loss: loss).refit(points, from: result.theta)
      case .offsetPowerLaw:
        RobustFit(form: OffsetPowerLawForm(), loss: loss).refit(points, from: result.theta)
      }
    return theta.map {
      Self.curve($0, form: curve.form, logCentre: logCentre, range: curve.range)
    }
  }

  private static func curve(
    _ theta: [Double], form: LossCurve.Form, logCentre: Double, range: FittedRange
  ) -> LossCurve {
    switch form {
    case .powerLaw:
      LossCurve(
        form: form, alpha: exp(theta[0] + theta[1] * logCentre), beta: theta[1], offset: 0,
        range: range)
    case .offsetPowerLaw:
      LossCurve(
        form: form, alpha: exp(theta[0] + exp(theta[1]) * logCentre), beta: exp(theta[1]),
        offset: exp(theta[2]), range: range)
    }
  }
}
