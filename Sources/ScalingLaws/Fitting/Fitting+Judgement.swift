import Foundation

extension Fitting {
  /// What a fit knows of its parameters, and what it does not.
  struct Judgement {
    var parameters: [FittedParameter] = []
    var warnings: [LawWarning] = []
  }

  /// How wide an interval may be before the data are said not to identify its parameter: this factor
  /// for a parameter that is positive by its meaning, half of the box for any other.
  private static let identifiedFactor = 5.0

  /// Below this, intervals are wide for want of knowing the noise.
  private static let wantedDegreesOfFreedom = 5

  func judge(
    _ search: MultiStart, _ curvature: Curvature, _ quality: FitQuality, _ resamples: FitResamples?
  ) -> Judgement {
    let evidence = Evidence(
      search: search, curvature: curvature, resamples: resamples,
      threshold: StudentT(degreesOfFreedom: quality.degreesOfFreedom)
        .quantile(central: options.level))
    let collapsed = collapsedTerms(at: search.best.theta)
    var judgement = Judgement()
    var identified: [Int] = []
    for (k, parameter) in form.parameters.enumerated() {
      let intervals = intervals(of: k, evidence)
      judgement.parameters.append(fitted(k, at: search.best.theta[k], intervals))
      guard problem.free.contains(k) else { continue }
      if collapsed.contains(k) {
        judgement.warnings.append(.termCollapsed(parameter: parameter.name))
      } else if !curvature.free.contains(k) {
        judgement.warnings.append(.atBound(parameter: parameter.name))
      } else if quality.degreesOfFreedom > 0 {
        if isIdentified(k, intervals) {
          identified.append(k)
        } else {
          judgement.warnings.append(.notIdentified(parameter: parameter.name))
        }
      }
    }
    judgement.warnings += search.diagnostics.warnings + warnings(of: quality, resamples)
    if let influence = Influence(
      problem, sample, best: search.best, curvature: curvature, parameters: identified)
    {
      judgement.warnings.append(
        .influentialRun(
          run: data.rows[influence.row].run,
          parameter: form.parameters[influence.parameter].name, standardErrors: influence.shift))
    }
    return judgement
  }

  private struct Evidence {
    var search: MultiStart
    var curvature: Curvature
    var resamples: FitResamples?
    /// Student's t at the options' level.
    var threshold: Double
  }

  /// Intervals of one coordinate θ; none of a held one.
  private struct Intervals {
    /// θ ± t·(standard error).
    var normal: Interval?
    /// Of the bootstrap; without one, the normal one.
    var reported: Interval?
    var profile: ProfileInterval?
  }

  private func intervals(of k: Int, _ evidence: Evidence) -> Intervals {
    guard problem.free.contains(k), evidence.threshold.isFinite else { return Intervals() }
    var intervals = Intervals()
    if let error = evidence.curvature.standardErrors[k], error.isFinite {
      let theta = evidence.search.best.theta[k]
      let reach = evidence.threshold * error
      intervals.normal = Interval(low: theta - reach, high: theta + reach)
    }
    intervals.reported = evidence.resamples.map { $0.interval { $0[k] } } ?? intervals.normal
    if options.profiles {
      intervals.profile = ProfileSearch(
        problem: problem, sample: sample, best: evidence.search.best,
        curvature: evidence.curvature, threshold: evidence.threshold
      ).interval(of: k)
    }
    return intervals
  }

  /// A parameter and its intervals in its own unit.
  private func fitted(_ k: Int, at theta: Double, _ intervals: Intervals) -> FittedParameter {
    let parameter = form.parameters[k]
    return FittedParameter(
      name: parameter.name, value: parameter.value(at: theta),
      interval: intervals.reported.map {
        Interval(low: parameter.value(at: $0.low), high: parameter.value(at: $0.high))
      },
      profile: intervals.profile.map {
        ProfileInterval(low: $0.low.map(parameter.value), high: $0.high.map(parameter.value))
      })
  }

  /// Whether every interval there is has both of its ends inside the box and is not too wide.
  private func isIdentified(_ k: Int, _ intervals: Intervals) -> Bool {
    if let profile = intervals.profile, profile.low == nil || profile.high == nil { return false }
    let box = (low: problem.bounds.lower[k], high: problem.bounds.upper[k])
    let widest =
      form.parameters[k].scale == .logarithmic
      ? log(Self.identifiedFactor) : (box.high - box.low) / 2
    guard let normal = intervals.normal, normal.high - normal.low <= widest,
      let reported = intervals.reported
    else { return false }
    return reported.high - reported.low <= widest && reported.low > box.low
      && reported.high < box.high
  }

  /// Terms that only add to the quantity, as an irreducible loss does, and that are nothing at the
  /// minimum: ∂y/∂p = 1 at every row, and p below 1 % of each value.
  private func collapsedTerms(at theta: [Double]) -> Set<Int> {
    let evaluation = problem.evaluation(at: theta)
    return Set(
      problem.free.filter { k in
        let parameter = form.parameters[k]
        return fitted.allSatisfy { row in
          let value = exp(evaluation.values[row])
          let size = parameter.value(at: theta[k])
          let slope = evaluation.jacobian[row * problem.count + k] * value
          let unit = parameter.scale == .logarithmic ? size : 1
          return abs(slope - unit) <= 1e-6 * abs(unit)
            && abs(size) <= OffsetPowerLawForm.collapsedShare * value
        }
      })
  }

  private func warnings(of quality: FitQuality, _ resamples: FitResamples?) -> [LawWarning] {
    var warnings: [LawWarning] = []
    if quality.degreesOfFreedom == 0 {
      warnings.append(.noiseUnknown)
    } else if quality.degreesOfFreedom < Self.wantedDegreesOfFreedom {
      warnings.append(.noiseFromFew(degreesOfFreedom: quality.degreesOfFreedom))
    }
    guard let resamples else { return warnings }
    if resamples.scheme == .cells, cells.count < Resampling.wantedCells {
      warnings.append(.fewCells(have: cells.count, wanted: Resampling.wantedCells))
    }
    if resamples.failed > 0 {
      warnings.append(.resamplesFailed(failed: resamples.failed, of: options.bootstraps))
    }
    return warnings
  }
}
