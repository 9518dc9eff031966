import Corpus
import Experiment
import Foundation
import GridFile
import Registry
import Wire

/// A grid file taken apart: the grid, the laws behind its settings, and its runs.
struct Plan: Sendable {
  var grid: Grid
  var settings: ResolvedSettings
  var runs: [PlannedRun]
}

/// Turns the text of a grid file into runs. Reads the corpus's manifest and changes nothing.
struct Planner: Sendable {
  /// Where prepared corpora are.
  var data: URL
  /// Fitted laws that a grid may name.
  var fitted: [LawRow]

  /// The plan for `text`, which came from a file called `file`.
  ///
  /// - Throws: `GridFileError`, `ExpansionError`, `CorpusError`, or `APIError` for an unknown law.
  func plan(_ text: String, file: String) throws -> Plan {
    let grid = try GridFile.decode(text, file: file)
    let settings = try LawResolver(fitted: fitted).resolve(grid)
    let corpus = try PreparedCorpus.named(grid.corpus, in: data)
    let runs = try grid.expand(
      resolved: settings,
      corpus: RunSpec.CorpusReference(name: grid.corpus, sha256: corpus.sha256),
      vocab: corpus.manifest.vocabulary)
    return Plan(grid: grid, settings: settings, runs: runs)
  }
}

extension Plan {
  /// The grid as the registry stores it.
  func newGrid(text: String) throws -> NewGrid {
    NewGrid(
      study: grid.study, name: grid.name, source: grid.canonicalSource, text: text,
      settings: try provenance())
  }

  /// The runs as the registry stores them, in order of expansion.
  var newRuns: [NewRun] { runs.map(\.newRun) }

  /// What a person is told; `known` has the registry's runs by the digest of their spec.
  func reply(known: [String: KnownRun], estimate: TimeEstimate) -> SubmissionReply {
    let rows = zip(runs, newRuns).map { planned, run in
      planned.row(
        known: known[run.sha256],
        seconds: estimate.seconds(
          isDense: planned.kind == .dense, compute: planned.compute,
          work: 3 * run.derived.forwardFLOPsWithLogits * Double(run.spec.tokens)))
    }
    return SubmissionReply(
      study: grid.study, grid: grid.name, gridID: nil, known: false, runs: rows)
  }

  /// Where each family's M, η and B come from, as JSON: {family: {quantity: words}}.
  private func provenance() throws -> String {
    var families: [String: [String: String]] = [:]
    for run in runs where families[run.family] == nil {
      families[run.family] = Dictionary(
        uniqueKeysWithValues: run.provenance.map { ($0.rawValue, $1) })
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(families), as: UTF8.self)
  }
}

extension PlannedRun {
  /// The run as the registry stores it.
  var newRun: NewRun {
    NewRun(
      spec: spec, derived: NewRun.Derived(spec.architecture), family: family, budget: budget,
      point: point.settings.map { .init(axis: $0.axis.rawValue, value: "\($0.value)") },
      flopsError: baseError, flags: flags.map(\.rawValue))
  }

  /// The run as a person checks it; `known` is what the registry has for its spec.
  func row(known: KnownRun?, seconds: Double) -> PlannedRow {
    let shape = spec.architecture
    let counts = shape.parameters
    return PlannedRow(
      run: known?.id, state: known?.state, family: family, budget: budget,
      point: point.description, shape: shape.description,
      activationRatio: shape.activationRatio().doubleValue,
      granularity: shape.granularity?.doubleValue, sharedRatio: shape.sharedRatio.doubleValue,
      flopsPerToken: Double(modelFLOPs), flopsError: baseError, tokens: spec.tokens,
      parameters: counts.totalNonVocabulary, activeParameters: counts.activeNonVocabulary,
      learningRate: spec.optimiser.learningRate, batchTokens: spec.batchTokens, seed: spec.seed,
      seconds: seconds, flags: flags.map(\.rawValue))
  }
}

extension NewRun.Derived {
  init(_ architecture: Architecture) {
    let counts = architecture.parameters
    self.init(
      parameters: counts.totalNonVocabulary, activeParameters: counts.activeNonVocabulary,
      flopsPerToken: Double(architecture.trainingFLOPsPerToken()),
      forwardFLOPsWithLogits: Double(architecture.forwardFLOPsPerToken(.complete)),
      activationRatio: architecture.activationRatio().doubleValue,
      granularity: architecture.granularity?.doubleValue,
      sharedRatio: architecture.isDense ? nil : architecture.sharedRatio.doubleValue,
      denseRatio: architecture.denseLayerRatio.doubleValue,
      attentionShare: architecture.attentionShare().doubleValue)
  }
}
