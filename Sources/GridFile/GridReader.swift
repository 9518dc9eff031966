import Experiment

/// Reads the sections of a grid's mapping. A reader that meets a fault reports it and goes on with
/// the default, so that one look at the file finds them all.
struct GridReader {
  let log: ProblemLog

  /// What a family has when it says nothing: the defaults, changed by the file's top level.
  struct Defaults {
    var base = BaseShape()
    var settings = SettingSources()
    var router = RunSpec.Router()
    var initialisation = RunSpec.Initialisation.fanIn
    var optimiser = Grid.OptimiserSettings()
    var schedule = RunSpec.Schedule()
    var precision = RunSpec.Precision.float32
  }

  /// The grid; nil, with reports, when what it cannot do without is missing.
  func grid(_ mapping: MappingReader) -> Grid? {
    var mapping = mapping
    let study = mapping.require("study", "the name of the study")?.name()
    let name = mapping.require("grid", "the name of the grid")?.name()
    let corpus = mapping.require("corpus", "the name of a prepared corpus")?.name()
    let trainer = mapping.take("trainer").map { $0.name() ?? "" } ?? "native"
    let budgets = mapping.require("budgets", "a list of FLOPs, such as [3e11, 1e12]")?
      .list("a list of FLOPs") { $0.number("a number of FLOPs above 0") { $0 > 0 } }
    let seeds = mapping.take("seeds").map { value in
      value.list("a list of seeds") { $0.integer(0...Int.max).map(UInt64.init) } ?? []
    }
    let seqLen = mapping.take("sequence_length")?.integer(2...1_048_576)
    let evaluation = self.evaluation(mapping.section("evaluation"))
    var defaults = Defaults()
    read(&defaults, from: &mapping)
    let families = self.families(&mapping, defaults: defaults)
    let fits = mapping.take("fits").map { value in
      value.list("a list of fits, such as [hyperparameters]") { $0.choice(StageFit.self) } ?? []
    }
    let scheduling = self.scheduling(&mapping)
    mapping.finish()
    guard let study, let name, let corpus, let budgets, let families else { return nil }
    return Grid(
      study: study, name: name, corpus: corpus, trainer: trainer, budgets: budgets,
      seeds: seeds ?? [1], seqLen: seqLen ?? 128, evaluation: evaluation, families: families,
      fits: fits ?? [], scheduling: scheduling)
  }

  /// The keys that top level and families share.
  private func read(_ defaults: inout Defaults, from mapping: inout MappingReader) {
    read(&defaults.base, from: mapping.section("base"))
    read(&defaults.settings, allocation: mapping.section("allocation"))
    read(&defaults.settings, hyperparameters: mapping.section("hyperparameters"))
    read(&defaults.router, from: mapping.section("router"))
    if let value = mapping.take("initialisation") {
      defaults.initialisation = initialisation(value) ?? defaults.initialisation
    }
    read(&defaults.optimiser, from: mapping.section("optimiser"))
    read(&defaults.schedule, from: mapping.section("schedule"))
    if let value = mapping.take("precision") {
      defaults.precision = value.choice(RunSpec.Precision.self) ?? defaults.precision
    }
  }

  private func families(
    _ mapping: inout MappingReader, defaults: Defaults
  ) -> [Grid.Family]? {
    guard let value = mapping.require("families", "at least one family"),
      var entries = MappingReader(value)
    else { return nil }
    let all = entries.takeAll()
    if all.isEmpty {
      value.report(.wrongKind(expected: "at least one family", found: "an empty mapping"))
    }
    return all.compactMap { entry in
      MappingReader(entry.value).flatMap { family(entry.key, $0, defaults: defaults) }
    }
  }

  private func family(
    _ name: String, _ mapping: MappingReader, defaults: Defaults
  ) -> Grid.Family? {
    var mapping = mapping
    var own = defaults
    let kind = mapping.require("kind", "dense or moe")?.choice(ModelKind.self)
    read(&own, from: &mapping)
    let sweeps = mapping.take("axes").map { self.sweeps($0, kind: kind) } ?? []
    mapping.finish()
    guard let kind else { return nil }
    let settings = own.settings
    let hyperparameters = Self.publishedHyperparameters(of: kind)
    return Grid.Family(
      name: name, kind: kind, base: own.base, sweeps: sweeps,
      allocation: settings.allocation ?? Self.publishedAllocation,
      learningRate: settings.learningRate ?? hyperparameters,
      batchTokens: settings.batchTokens ?? hyperparameters, router: own.router,
      initialisation: own.initialisation, optimiser: own.optimiser, schedule: own.schedule,
      precision: own.precision)
  }

  /// Where M comes from unless the file says: Table 1 of arXiv 2507.17702.
  private static let publishedAllocation = Grid.SettingSource.law(
    .published(name: "ling-2507.17702"))

  /// Where η and B come from unless the file says: Eq. 3 of arXiv 2507.17702, and for dense models,
  /// whose coefficients that paper does not print, arXiv 2401.02954.
  private static func publishedHyperparameters(of kind: ModelKind) -> Grid.SettingSource {
    switch kind {
    case .dense: .law(.published(name: "deepseek-2401.02954"))
    case .moe: .law(.published(name: "ling-2507.17702"))
    }
  }
}
