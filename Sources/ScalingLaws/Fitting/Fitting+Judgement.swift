import Foundation

extension Fitting {
  /// What a fit knows of its parameters, and what it does not.
  struct Judgement {
    var parameters: [FittedParameter] = []
    var warnings: [LawWarning] = []
  }

  /// How wide a 95 % interval may be before the data are said not to identify its parameter: this
  /// factor for a parameter that is positive by its meaning, half of the box for any other.
  static let identifiedFactor = 100.0

  func judge(
    _ search: MultiStart, _ curvature: Curvature, _ quality: FitQuality, _ resamples: FitResamples?
  ) -> Judgement {
    var judgement = Judgement()
    let threshold = StudentT(degreesOfFreedom: quality.degreesOfFreedom)
      .quantile(central: options.level)
    let profiles = ProfileSearch(
      problem: problem, sample: sample, best: search.best, curvature: curvature,
      threshold: threshold)
    let collapsed = collapsedTerms(at: search.best.theta)
    var identified: [Int] = []
    for (k, parameter) in form.parameters.enumerated() {
      let isFree = problem.free.contains(k)
      let error = curvature.standardErrors[k]
      let theta = search.best.theta[k]
      let normal = error.flatMap { error -> Interval? in
        let reach = threshold * error
        return reach.isFinite ? Interval(low: theta - reach, high: theta + reach) : nil
      }
      let interval = isFree ? resamples.map { $0.interval { $0[k] } } ?? normal : nil
      let profile =
        isFree && options.profiles && quality.degreesOfFreedom > 0 ? profiles.interval(of: k) : nil
      judgement.parameters.append(
        FittedParameter(
          name: parameter.name, value: parameter.value(at: theta),
          interval: interval.map {
            Interval(low: parameter.value(at: $0.low), high: parameter.value(at: $0.high))
          },
          profile: profile.map {
            ProfileInterval(
              low: $0.low.map(parameter.value), high: $0.high.map(parameter.value))
          }))
      guard isFree else { continue }
      if collapsed.contains(k) {
        judgement.warnings.append(.termCollapsed(parameter: parameter.name))
      } else if !curvature.free.contains(k) {
        judgement.warnings.append(.atBound(parameter: parameter.name))
      } else if quality.degreesOfFreedom > 0 {
        if isIdentified(k, normal: normal, interval: interval, profile: profile) {
          identified.append(k)
        } else {
          judgement.warnings.append(.notIdentified(parameter: parameter.name))
        }
      }
    }
    judgement.warnings += search.diagnostics.warnings
    judgement.warnings += warnings(of: quality, resamples)
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

  /// Whether every interval there is has both of its ends inside the box and is not too wide.
  private func isIdentified(
    _ k: Int, normal: Interval?, interval: Interval?, profile: ProfileInterval?
  ) -> Bool {
    if let profile, profile.low == nil || profile.high == nil { return false }
    let box = (low: problem.bounds.lower[k], high: problem.bounds.upper[k])
    let widest =
      form.parameters[k].scale == .logarithmic
      ? log(Self.identifiedFactor) : (box.high - box.low) / 2
    guard let normal, normal.high - normal.low <= widest else { return false }
    guard let interval else { return false }
    return interval.high - interval.low <= widest && interval.low > box.low
      && interval.high < box.high
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

  /// Below this, intervals are wide for want of knowing the noise.
  private static let wantedDegreesOfFreedom = 5
}
