import Experiment
import Foundation
import Registry
import ScalingLaws
import Wire

extension ObservedRun {
  /// A finished run as the fit takes it; none when it lacks what a loss curve needs. The loss is the
  /// validation loss where there is one: it is measured on the same text in every run.
  init?(_ run: FinishedRun) {
    guard let loss = run.validationLoss ?? run.loss, let compute = run.flops,
      let flopsPerToken = run.flopsPerToken
    else { return nil }
    self.init(
      id: run.id, family: run.family ?? "imported", isDense: run.isDense,
      point: run.point.isEmpty
        ? "base" : run.point.map { "\($0.axis)=\($0.value)" }.joined(separator: " "),
      budget: run.budget ?? compute, compute: compute, flopsPerToken: flopsPerToken, loss: loss,
      seconds: run.seconds, activationRatio: run.activationRatio ?? 1,
      granularity: run.granularity ?? 1, sharedRatio: run.sharedRatio ?? 0,
      seed: UInt64(bitPattern: run.seed ?? 0))
  }
}

extension LeverageAnalysis {
  /// Its laws as the registry stores them; the dense-loss law carries the runs' leverage.
  func submissions(
    study: String, input: String
  ) -> [(law: LawSubmission, leverage: [NewLeverage])] {
    laws.map { law in
      let submission = LawSubmission(
        study: study, name: law.storedName, form: law.form,
        parameters: law.parameters.map {
          LawParameter(
            name: $0.name, value: $0.value, low: $0.interval?.low, high: $0.interval?.high)
        },
        warnings: (law.warnings + (law.carriesLeverage ? warnings : [])).map(\.description),
        inputSHA256: input, detail: law.detail, runs: law.runs)
      return (submission, law.carriesLeverage ? estimates : [])
    }
  }

  private var estimates: [NewLeverage] {
    runs.compactMap { run in
      run.inCompute.estimate.map { estimate in
        let time = run.inTime?.estimate
        return NewLeverage(
          run: run.run, leverage: estimate.value, low: estimate.interval?.low,
          high: estimate.interval?.high, extrapolated: estimate.isExtrapolated,
          timeLeverage: time?.value, timeLow: time?.interval?.low,
          timeHigh: time?.interval?.high)
      }
    }
  }
}

extension FittedLaw {
  fileprivate var detail: LawDetail {
    let variable =
      switch subject {
      case .denseLossAgainstCompute: "C"
      case .denseLossAgainstSeconds: "seconds"
      case .leverageAgainstActivation: "A"
      }
    var scores = ["rmse": logResidual]
    scores["aicc"] = correctedAkaike
    return LawDetail(
      formula: formula, ranges: [variable: LawDetail.Range(lower: range.lower, upper: range.upper)],
      scores: scores)
  }

  fileprivate var carriesLeverage: Bool { isSelected && subject == .denseLossAgainstCompute }

  /// The name under which SQL and grids find it: what it predicts, without spaces. A form that was
  /// fitted beside the selected one has its own name after a colon.
  fileprivate var storedName: String {
    let subject =
      switch subject {
      case .denseLossAgainstCompute: "dense-loss"
      case .denseLossAgainstSeconds: "dense-loss-in-time"
      case .leverageAgainstActivation(let family, let budget, let granularity, let sharedRatio):
        "leverage-by-A/\(family)/C=\(Quantity.scientific(budget))"
          + "/G=\(Quantity.decimal(granularity, places: 2))"
          + "/S=\(Quantity.ratio(sharedRatio))"
      }
    return isSelected ? subject : "\(subject):\(form)"
  }
}
