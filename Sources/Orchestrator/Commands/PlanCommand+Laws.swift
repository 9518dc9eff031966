import ArgumentParser
import Experiment
import ScalingLaws
import Wire

/// Which laws a plan follows.
struct PlanLawOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Published law of M; ling-2507.17702.", valueName: "law"))
  var allocation: String?
  @Option(help: ArgumentHelp("Published law of η and B; ling-2507.17702.", valueName: "law"))
  var hyperparameters: String?
  @Option(
    help: ArgumentHelp(
      "Take every law that this study has fitted, the rest as published.", valueName: "study"))
  var laws: String?
  @Option(help: "The MoE family of --laws whose M, η and B are taken.") var family = "moe"
  @Option(help: "The dense family of --laws.") var denseFamily = "dense"
  @OptionGroup var place: AnswerPlace

  func validate() throws {
    guard laws == nil || (allocation == nil && hyperparameters == nil) else {
      throw ValidationError("--laws gives M, η and B; leave out --allocation and --hyperparameters")
    }
  }

  /// The laws, those of a study fetched from the daemon or a registry.
  func planLaws() async throws -> PlanLaws {
    if let laws { return try await fitted(to: laws) }
    var laws = PlanLaws()
    if let allocation {
      laws.allocation = PlanLaw(try PublishedLaws.law(allocation, .flopsPerToken, for: .moe))
    }
    if let hyperparameters {
      laws.learningRate = PlanLaw(
        try PublishedLaws.law(hyperparameters, .learningRate, for: .moe))
      laws.batchTokens = PlanLaw(try PublishedLaws.law(hyperparameters, .batchTokens, for: .moe))
    }
    return laws
  }

  private func fitted(to study: String) async throws -> PlanLaws {
    let rows = try await place.source().laws(study: study)
    func law(_ quantity: SettingQuantity, _ family: String) -> PlanLaw? {
      rows.first { $0.name == quantity.lawName(family: family) }.flatMap(PlanLaw.init)
    }
    var laws = PlanLaws()
    laws.allocation = law(.modelFLOPs, family) ?? laws.allocation
    laws.denseAllocation = law(.modelFLOPs, denseFamily) ?? laws.denseAllocation
    laws.learningRate = law(.learningRate, family) ?? laws.learningRate
    laws.batchTokens = law(.batchTokens, family) ?? laws.batchTokens
    if let row = rows.first(where: { $0.name == "leverage" }) {
      laws.leverage = try LeverageModel(row)
    } else {
      Screen.process.note(
        "study \(study) has no joint law of leverage; EL is \(laws.leverage.provenance)")
    }
    laws.denseLoss = rows.first { $0.name == "dense-loss" }.flatMap(LossCurve.init)
    return laws
  }
}

extension PlanLaw {
  /// A fitted power law of C; nil for another form.
  fileprivate init?(_ row: LawRow) {
    guard let a = row.value("a"), let b = row.value("b") else { return nil }
    self.init(
      law: PowerLaw(a: a, b: b), provenance: "law \(row.id), \(row.name)",
      range: row.detail.ranges["C"].map { FittedRange($0.lower, $0.upper) })
  }
}

extension LossCurve {
  /// The dense curve of a study.
  fileprivate init?(_ row: LawRow) {
    guard let alpha = row.value("α"), let beta = row.value("β"),
      let range = row.detail.ranges["C"]
    else { return nil }
    self.init(
      form: row.value("E") == nil ? .powerLaw : .offsetPowerLaw, alpha: alpha, beta: beta,
      offset: row.value("E") ?? 0,
      range: FittedRange(range.lower, range.upper))
  }
}

extension LeverageModel {
  /// A fitted joint law with the resamples that were stored with it.
  ///
  /// - Throws: `ScalingLawsError` for a form that this program does not know.
  fileprivate init(_ row: LawRow) throws {
    let form = try LawForms.named(row.form, options: StoredLaw.options(of: row))
    func range(_ letter: String) -> FittedRange {
      row.detail.ranges[letter].map { FittedRange($0.lower, $0.upper) } ?? FittedRange(0, .infinity)
    }
    self.init(
      form: form, parameters: form.parameters.map { row.value($0.name) ?? .nan },
      provenance: "law \(row.id), \(row.name)", activation: range("A"), granularity: range("G"),
      compute: range("C"),
      uncertainty: row.detail.resamples.isEmpty ? .unknown : .resampled(row.detail.resamples))
  }
}
