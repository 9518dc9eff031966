import Foundation

extension LeverageStudy {
  /// The leverage of the MoE run at `index`.
  func row(of index: Int, _ samples: LeverageSamples) -> RunLeverage {
    let run = runs[index]
    return RunLeverage(
      run: run.id, family: run.family, point: run.point, budget: run.budget,
      inCompute: outcome(
        dense, losses: [run.loss], measures: [run.compute],
        samples: samples.mean(samples.inCompute, over: [run.id])),
      inTime: timeOutcome([run], samples))
  }

  /// The leverage of a group: the mean of log EL over its runs.
  func row(of group: RunGroup, _ samples: LeverageSamples) -> GroupLeverage {
    let first = group.runs[0]
    let ids = group.runs.map(\.id)
    return GroupLeverage(
      family: first.family, point: first.point, budget: first.budget,
      activationRatio: first.activationRatio, granularity: first.granularity,
      sharedRatio: first.sharedRatio, loss: exp(group.meanLogLoss),
      inCompute: outcome(
        dense, losses: group.runs.map(\.loss), measures: group.runs.map(\.compute),
        samples: samples.mean(samples.inCompute, over: ids)),
      inTime: timeOutcome(group.runs, samples), runs: ids)
  }

  private func timeOutcome(_ runs: [ObservedRun], _ samples: LeverageSamples) -> LeverageOutcome? {
    let seconds = runs.compactMap(\.seconds)
    guard let timed, seconds.count == runs.count else { return nil }
    return outcome(
      timed, losses: runs.map(\.loss), measures: seconds,
      samples: samples.mean(samples.inTime, over: runs.map(\.id)))
  }

  private func outcome(
    _ curve: DenseCurve, losses: [Double], measures: [Double], samples: [Double]
  ) -> LeverageOutcome {
    guard let inverse = curve.inverse(options.method) else {
      return .refused(.denseCurveNotFalling)
    }
    var logDense = 0.0
    var logMeasure = 0.0
    for (loss, measure) in zip(losses, measures) {
      do throws(ScalingLawsError) {
        logDense += log(try inverse(loss)) / Double(losses.count)
      } catch .lossBelowIrreducible {
        return .refused(.lossBelowIrreducible)
      } catch {
        return .refused(.denseCurveNotFalling)
      }
      logMeasure += log(measure) / Double(losses.count)
    }
    let needed = exp(logDense)
    return .estimated(
      LeverageEstimate(
        value: exp(logDense - logMeasure),
        interval: Interval(logSamples: samples, level: options.level),
        dense: needed, isExtrapolated: !curve.points.range.contains(needed)))
  }
}

extension LeverageStudy {
  /// Factor between the two inversions above which they are said to disagree.
  static let disagreement = 1.1
  /// Degrees of freedom below which the noise is said to come from few.
  static let wantedDegreesOfFreedom = 6

  /// What concerns the analysis as a whole.
  func warnings(rows: [RunLeverage]) -> [LawWarning] {
    var warnings = envelope.points.compactMap(\.warning)
    if options.resampling == .cells, envelope.points.count < Resampling.wantedCells {
      warnings.append(.fewCells(have: envelope.points.count, wanted: Resampling.wantedCells))
    }
    if let noise = dense.noise {
      if noise.degreesOfFreedom < Self.wantedDegreesOfFreedom {
        warnings.append(.noiseFromFew(degreesOfFreedom: noise.degreesOfFreedom))
      }
    } else {
      warnings.append(.noiseUnknown)
    }
    let outside = rows.filter { $0.inCompute.estimate?.isExtrapolated == true }.count
    if outside > 0 { warnings.append(.extrapolated(runs: outside, of: rows.count)) }
    if let factor = largestDisagreement(), factor > Self.disagreement {
      warnings.append(.methodsDisagree(factor: factor))
    }
    return warnings
  }

  /// The largest ratio between the two inversions over the groups that lie inside the dense range.
  private func largestDisagreement() -> Double? {
    guard let interpolated = dense.interpolated else { return nil }
    return groups.compactMap { group -> Double? in
      let loss = exp(group.meanLogLoss)
      guard let local = try? interpolated.inverse(of: loss), interpolated.range.contains(local),
        let fitted = try? dense.selection.chosen.curve.inverse(of: loss)
      else { return nil }
      return exp(abs(log(local / fitted)))
    }.max()
  }
}
