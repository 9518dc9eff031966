import Corpus
import Experiment
import Foundation
import Trainer
import Wire

/// The scoring of one model: what it is, on which text, by which suites.
struct Scoring {
  let place: ModelPlace
  let data: URL
  /// Another corpus than that of the run, by name.
  var corpus: String?
  var suites: [Suite]
  /// Score at most so many windows.
  var windows: Int?
  var cloze: ClozeSet.Settings

  /// Scores the model by each suite. Throws `ScoringError`, `TrainingError` or `CorpusError`, before
  /// anything is scored where a suite has no text.
  func run(progress: (Suite, Double) -> Void) throws -> [EvaluationSubmission] {
    let spec = place.spec
    let corpus = try heldOut(of: spec)
    let sources =
      try suites.contains(.sources)
      ? SourceSuite(corpus, seqLen: spec.architecture.seqLen, limit: windows) : nil
    let questions = try suites.contains(.cloze) ? ClozeSuite(corpus, settings: cloze) : nil
    let model = try TrainedModel(place.file, of: spec)
    let results = [
      sources.map { model.score($0) { progress(.sources, $0) } },
      questions.map { model.score($0) { progress(.cloze, $0) } },
    ].compactMap(\.self)
    return results.map { result in
      EvaluationSubmission(
        specSHA256: SHA256.hex(of: spec.canonical), checkpointSHA256: model.sha256,
        step: model.step, suite: result.suite, suiteSHA256: result.sha256,
        corpusSHA256: corpus.sha256, chance: result.chance,
        environment: TrainedModel.environment.merging(["version": WorkerVersion.current]) { $1 },
        scores: result.scores)
    }
  }

  /// The corpus to score on: that of the run, or one with the same tokenizer.
  private func heldOut(of spec: RunSpec) throws -> PreparedCorpus {
    let trained = try PreparedCorpus.locate(sha256: spec.corpus.sha256, in: data)
    let chosen = try corpus.map { try PreparedCorpus.named($0, in: data) } ?? trained
    let vocabulary = chosen.manifest.vocabulary
    guard vocabulary <= spec.architecture.vocab else {
      throw ScoringError.vocabularyTooSmall(model: spec.architecture.vocab, corpus: vocabulary)
    }
    let isKnown = chosen.manifest.tokenizer != nil
    guard
      chosen.sha256 == trained.sha256
        || isKnown && chosen.manifest.tokenizer?.sha256 == trained.manifest.tokenizer?.sha256
    else {
      throw ScoringError.tokenizerDiffers(
        corpus: chosen.manifest.name, trained: trained.manifest.name)
    }
    return chosen
  }
}
