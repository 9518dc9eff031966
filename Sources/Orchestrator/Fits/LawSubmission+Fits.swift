import Foundation
import ScalingLaws
import Wire

extension LawSubmission {
  /// A power law of a stage. Its parameters are called a and b, as a grid writes them, or c, n and d
  /// when it is one of N and D.
  init(
    study: String, name: String, _ law: PowerProductLaw, warnings: [String],
    options: [String: String]
  ) {
    // Cells share what is peculiar to a budget, so drawing whole ones is the honest spread.
    func parameter(_ name: String, _ fitted: BootstrappedParameter) -> LawParameter {
      let interval = (fitted.spreads[.cell] ?? fitted.spreads[.run])?.interval
      return LawParameter(
        name: name, value: fitted.value, low: interval?.low, high: interval?.high)
    }
    let names =
      law.variables.count == 1 ? ["a", "b"] : ["c"] + law.variables.map { $0.name.lowercased() }
    let detail = LawDetail(
      formula: law.formula,
      ranges: Dictionary(
        uniqueKeysWithValues: zip(law.variables, law.ranges).map {
          ($0.name, LawDetail.Range(lower: $1.lower, upper: $1.upper))
        }),
      options: options, scores: ["rmse": law.logResidual])
    self.init(
      study: study, name: name,
      form: "\(law.quantity.name)(\(law.variables.map(\.name).joined(separator: ", "))) power law",
      parameters: zip(names, [law.prefactor] + law.exponents).map(parameter),
      warnings: warnings, inputSHA256: Self.digest(law.runs, options), detail: detail,
      runs: law.runs)
  }

  /// A fit of a named form.
  init(study: String, name: String, _ fit: LawFit, warnings: [String]? = nil) {
    var scores: [String: Double] = ["rmse": fit.quality.rmse, "bic": fit.quality.bayes]
    scores["r_squared"] = fit.quality.rSquared
    scores["aicc"] = fit.quality.correctedAkaike
    scores["held_out_rmse"] = fit.heldOutRMSE
    var options = fit.formOptions
    options["residual_loss"] = "\(fit.options.loss)"
    options["bootstraps"] = "\(fit.options.bootstraps)"
    options["seed"] = "\(fit.options.seed)"
    options["hold_out"] = "\(fit.options.holdOut)"
    self.init(
      study: study, name: name, form: fit.form,
      parameters: fit.parameters.map {
        LawParameter(
          name: $0.name, value: $0.value, low: $0.interval?.low, high: $0.interval?.high)
      },
      warnings: warnings ?? fit.warnings.map(\.description),
      inputSHA256: Self.digest(fit.rows + fit.heldOut, fit.options),
      detail: LawDetail(
        formula: fit.formula,
        ranges: fit.ranges.mapValues { LawDetail.Range(lower: $0.lower, upper: $0.upper) },
        options: options, scores: scores,
        residuals: fit.rows.map { LawDetail.Residual(run: $0.run, value: $0.residual) },
        resamples: fit.storedResamples),
      runs: Set(fit.runs).sorted())
  }

  /// The name of an input: the rows and how they were fitted.
  private static func digest(_ rows: some Encodable, _ options: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // Rows and options are finite numbers and strings, which always encode.
    return SHA256.hex(of: try! encoder.encode(rows) + encoder.encode(options))
  }
}

extension LawFit {
  /// Resamples that are stored with a law: enough for the interval of a prediction.
  private static let storedLimit = 200

  fileprivate var storedResamples: [[Double]] {
    guard let resamples, let form = try? namedForm() else { return [] }
    return resamples.thetas.prefix(Self.storedLimit).map(form.values(of:))
  }
}
