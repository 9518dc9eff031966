import Foundation

/// The dense family's loss over one measure, compute or seconds, in both inversions, with resamples.
struct DenseCurve {
  /// Envelope points, in order of budget.
  var points: [CurvePoint]
  var selection: CurveSelection
  /// Nil when fewer than two falling points are left.
  var interpolated: InterpolatedCurve?
  var noise: NoiseEstimate?
  private var options: LeverageOptions

  /// - Parameters:
  ///   - points: one for each budget.
  ///   - groups: every group of seeds, for the noise.
  init(
    points: [CurvePoint], groups: [RunGroup], options: LeverageOptions
  ) throws(ScalingLawsError) {
    self.points = points
    self.options = options
    selection = try CurveSelection(points, choice: options.curve, loss: options.lossResidual)
    interpolated = try? InterpolatedCurve(points)
    noise = NoiseEstimate(
      groups: groups, residuals: selection.chosen.result.residuals,
      replicates: points.map(\.replicates), parameters: selection.chosen.result.theta.count)
  }

  /// The curve through one resample, inverted the way the options ask for.
  func resampled(_ draw: ResamplePlan.Draw) -> Inverse? {
    switch options.method {
    case .fittedCurve:
      return refit(selection.chosen, draw).map(Inverse.fitted)
    case .interpolation:
      let sigma = noise?.sigma ?? 0
      let curve = InterpolatedCurve(
        pooling: zip(draw.cells, draw.cellShifts).map { cell, shift in
          let point = points[cell]
          return (log(point.x), log(point.loss) + sigma * shift, Double(point.replicates))
        })
      return curve.logX.count >= 2 ? .interpolated(curve) : nil
    }
  }

  /// A fit of one resample: of noise about the fitted curve, or of the drawn cells' own losses.
  func refit(_ fit: LossCurveFit, _ draw: ResamplePlan.Draw) -> LossCurve? {
    let logX = draw.cells.map { log(points[$0].x) }
    let logLoss: [Double] =
      switch options.resampling {
      case .cells:
        draw.cells.map { log(points[$0].loss) }
      case .noise:
        zip(draw.cells, draw.cellShifts).map { cell, shift in
          log(fit.curve.loss(at: points[cell].x)) + (noise?.sigma ?? 0) * shift
        }
      }
    return fit.refit(logX: logX, logLoss: logLoss)
  }

  /// The inversion of the data themselves.
  func inverse(_ method: InversionMethod) -> Inverse? {
    switch method {
    case .fittedCurve: .fitted(selection.chosen.curve)
    case .interpolation: interpolated.map(Inverse.interpolated)
    }
  }

  /// Loss → compute or seconds.
  enum Inverse {
    case fitted(LossCurve)
    case interpolated(InterpolatedCurve)

    func callAsFunction(_ loss: Double) throws(ScalingLawsError) -> Double {
      switch self {
      case .fitted(let curve): try curve.inverse(of: loss)
      case .interpolated(let curve): try curve.inverse(of: loss)
      }
    }
  }
}
