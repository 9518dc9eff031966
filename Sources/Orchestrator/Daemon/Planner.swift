import Corpus
import Experiment
import Foundation
import GridFile
import Registry
import Wire

/// A file taken apart: a study, and what each of its stages comes to.
struct Plan: Sendable {
  /// One grid with its runs or, as long as it waits for laws, the runs that published laws would
  /// give.
  struct Stage: Sendable {
    var grid: Grid
    var waits: [NewGrid.Wait]
    /// Where each family's settings come from, as JSON.
    var settings: String
    var uses: [Expansion.Use]
    var runs: [PlannedRun]
    /// The same as the registry stores them, their specs digested once.
    var newRuns: [NewRun]

    init(
      grid: Grid, waits: [NewGrid.Wait] = [], settings: String, uses: [Expansion.Use] = [],
      runs: [PlannedRun]
    ) {
      self.grid = grid
      self.waits = waits
      self.settings = settings
      self.uses = uses
      self.runs = runs
      newRuns = NewRun.all(runs)
    }
  }

  var study: String
  var stages: [Stage]
}

/// Turns the text of a file into runs. Reads the corpus's manifest and changes nothing.
struct Planner: Sendable {
  /// Where prepared corpora are.
  var data: URL
  /// Fitted laws that a grid may name, newest first.
  var fitted: [LawRow]

  /// The plan for `text`, which came from a file called `file`.
  ///
  /// - Throws: `GridFileError`, `ExpansionError`, `CorpusError`, or `APIError` for an unknown law.
  func plan(_ text: String, file: String) throws -> Plan {
    let study = try GridFile.decode(text, file: file)
    return Plan(
      study: study.name,
      stages: try study.stages.indices.map { index in
        let awaited = study.awaited(by: index)
        return try awaited.isEmpty
          ? stage(study.stages[index])
          : waiting(study.stages[index], for: awaited)
      })
  }

  /// A grid whose laws are all there.
  func stage(_ grid: Grid) throws -> Plan.Stage {
    let resolution = try LawResolver(study: grid.study, fitted: fitted).resolve(grid)
    let runs = try expand(grid, resolution.settings)
    return Plan.Stage(
      grid: grid, settings: try provenance(of: runs), uses: resolution.uses, runs: runs)
  }

  /// A grid that waits. Its runs are a forecast, so that one that cannot be made is left out; what is
  /// wrong with the file itself is not.
  private func waiting(_ grid: Grid, for awaited: [Study.AwaitedLaw]) throws -> Plan.Stage {
    let settings = try LawResolver(study: grid.study, fitted: fitted).preview(grid)
    try grid.check()
    return Plan.Stage(
      grid: grid, waits: awaited.map { NewGrid.Wait(law: $0.name, stage: $0.stage) },
      settings: "{}", runs: (try? expand(grid, settings)) ?? [])
  }

  private func expand(_ grid: Grid, _ settings: ResolvedSettings) throws -> [PlannedRun] {
    let corpus = try PreparedCorpus.named(grid.corpus, in: data)
    return try grid.expand(
      resolved: settings,
      corpus: RunSpec.CorpusReference(name: grid.corpus, sha256: corpus.sha256),
      vocab: corpus.manifest.vocabulary)
  }

  /// {family: {quantity: words}}.
  private func provenance(of runs: [PlannedRun]) throws -> String {
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

extension Plan {
  /// The grids as the registry stores them.
  func newGrids(text: String) -> [NewGrid] {
    stages.map { stage in
      NewGrid(
        study: study, name: stage.grid.name, source: stage.grid.canonicalSource, text: text,
        fits: stage.grid.fits.map(\.rawValue), scheduling: stage.grid.scheduling,
        content: stage.waits.isEmpty ? .runs(stage.expansion) : .waits(stage.waits))
    }
  }

  /// What a person is told; `known` has the registry's runs by the digest of their spec.
  func reply(known: [String: KnownRun], estimate: TimeEstimate) -> SubmissionReply {
    SubmissionReply(
      study: study,
      grids: stages.map { stage in
        GridReply(
          grid: stage.grid.name, waits: stage.waits.map(\.law),
          runs: zip(stage.runs, stage.newRuns).map { planned, run in
            let work = 3 * run.derived.forwardFLOPsWithLogits * Double(run.spec.tokens)
            return planned.row(
              known: known[run.sha256],
              seconds: estimate.seconds(
                isDense: planned.kind == .dense, compute: planned.compute, work: work))
          })
      })
  }
}

extension Plan.Stage {
  /// What it comes to as the registry stores it.
  var expansion: Expansion {
    Expansion(settings: settings, laws: uses, runs: newRuns)
  }
}

extension PlannedRun {
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
