import Foundation

/// A family's loss against compute, through the best of its sizes at each budget, with and without an
/// irreducible term (arXiv 2507.17702, Def. 3.1 and §3.1).
public struct FamilyCurve: Hashable, Sendable {
  public var family: ModelFamily
  /// The best size of each budget.
  public var envelope: Envelope
  /// The curve that leverage is computed with.
  public var curve: LossCurve
  /// The other form, where it could be fitted.
  public var alternative: LossCurve?
  /// Of α, β and E of `curve`; nil where the noise is unknown.
  public var intervals: [String: Interval]
  /// Runs of the best sizes, in order.
  public var runs: [Int64]
  public var warnings: [StageWarning]
}

/// A family's curve in its resamples.
struct ResampledCurve {
  var family: FamilyCurve
  /// One for each draw; nil where it gave no curve.
  var draws: [LossCurve?]
}

extension FamilyRuns {
  /// The family's curve and its resamples under noise that is pooled over all families.
  ///
  /// - Throws: `tooFew` budgets; `fit`.
  func curve(
    pooled noise: NoiseEstimate?, seed: UInt64, bootstraps: Int, options: LeverageOptions
  ) throws(StageRefusal) -> ResampledCurve {
    let envelope = Envelope(groups: groups)
    let points = envelope.points.map {
      CurvePoint(x: $0.compute, loss: $0.loss, replicates: $0.runs.count)
    }
    guard points.count >= LeverageStudy.neededBudgets else {
      throw .tooFew(
        stage: "the loss curve of \(family.label)", what: "budgets", have: points.count,
        need: LeverageStudy.neededBudgets)
    }
    var dense = try staged { () throws(ScalingLawsError) in
      try DenseCurve(points: points, groups: groups, options: options)
    }
    dense.noise = noise
    let plan = ResamplePlan(
      scheme: options.resampling, count: bootstraps, seed: seed,
      replicates: points.map(\.replicates), runs: 0,
      degreesOfFreedom: noise?.degreesOfFreedom ?? 0)
    let chosen = dense.selection.chosen
    let draws = plan.draws.map { dense.refit(chosen, $0) }
    let fitted = draws.compactMap(\.self)
    var warnings = (chosen.warnings + dense.selection.warnings).map(StageWarning.fit)
    // Whether more than one size was tried at a budget matters where the family is said to be best.
    warnings += envelope.points.compactMap { point in
      if case .atEdge(let edge) = point.search {
        .fit(.minimumAtEdge(budget: point.budget, edge: edge))
      } else {
        nil
      }
    }
    if fitted.count < draws.count {
      warnings.append(.fit(.resamplesFailed(failed: draws.count - fitted.count, of: draws.count)))
    }
    var intervals: [String: Interval] = [:]
    let parameters: [(String, (LossCurve) -> Double)] =
      [("α", \.alpha), ("β", \.beta)]
      + (chosen.curve.form == .offsetPowerLaw ? [("E", \.offset)] : [])
    for (name, value) in parameters {
      intervals[name] = Interval(percentilesOf: fitted.map(value), level: options.level)
    }
    return ResampledCurve(
      family: FamilyCurve(
        family: family, envelope: envelope, curve: chosen.curve,
        alternative: dense.selection.alternative?.curve, intervals: intervals,
        runs: envelope.points.flatMap(\.runs).sorted(), warnings: warnings),
      draws: draws)
  }
}

extension NoiseEstimate {
  /// One noise for all families: seeds of equal runs, and the residuals of each family's own curve.
  static func pooled(_ families: [FamilyRuns], options: LeverageOptions) -> NoiseEstimate? {
    let estimates = families.compactMap { family -> NoiseEstimate? in
      let points = Envelope(groups: family.groups).points.map {
        CurvePoint(x: $0.compute, loss: $0.loss, replicates: $0.runs.count)
      }
      guard points.count >= LeverageStudy.neededBudgets else {
        return NoiseEstimate(
          groups: family.groups, residuals: [], replicates: [], parameters: 0)
      }
      return (try? DenseCurve(points: points, groups: family.groups, options: options))?.noise
    }
    return NoiseEstimate(pooling: estimates)
  }

  /// Weighted by degrees of freedom; nil without one.
  init?(pooling estimates: [NoiseEstimate]) {
    fromSeeds = estimates.reduce(0) { $0 + $1.fromSeeds }
    fromResiduals = estimates.reduce(0) { $0 + $1.fromResiduals }
    let degrees = fromSeeds + fromResiduals
    guard degrees > 0 else { return nil }
    let squares = estimates.reduce(0) {
      $0 + $1.sigma * $1.sigma * Double($1.degreesOfFreedom)
    }
    sigma = (squares / Double(degrees)).squareRoot()
  }
}
