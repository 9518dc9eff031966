import Corpus
import Experiment
import Foundation
import Testing
import Wire

@testable import Trainer

@Suite("A model is scored as it was trained")
struct ScoringTests {
  let library: Library

  init() throws { library = try Library() }

  private func sources(_ limit: Int? = nil) throws -> SourceSuite {
    try SourceSuite(library.corpus, seqLen: 64, limit: limit)
  }

  private func cloze() throws -> ClozeSuite {
    try ClozeSuite(library.corpus, settings: .init(contextBytes: 120))
  }

  private func all(_ result: SuiteResult, _ metric: SuiteScore.Metric) throws -> SuiteScore {
    try #require(result.scores.first { $0.source == "all" && $0.metric == metric })
  }

  @Test("over the windows of the validation loss, the loss of all sources is the validation loss")
  func validationLoss() throws {
    let spec = library.spec(steps: 30)
    let (folder, finished) = try library.trained(spec)
    let model = try TrainedModel(folder.appending(path: "model.safetensors"), of: spec)
    #expect(model.step == 30)
    let result = model.score(try sources(spec.evaluation.sequences))
    let recorded = try #require(finished)
    let loss = try all(result, .loss)
    #expect(loss.count == 13 * 64)
    #expect(abs(loss.value - (recorded.validationLoss ?? 0)) < 1e-6)
    let bits = try all(result, .bitsPerByte)
    #expect(abs(bits.value - (recorded.bitsPerByte ?? 0)) < 1e-6)
  }

  @Test("every token of every window counts once, for the source of its document")
  func attribution() throws {
    let suite = try sources()
    let result = TrainedModel(untrained: library.spec()).score(suite)
    let losses = result.scores.filter { $0.metric == .loss }
    #expect(losses.map(\.source) == ["north.jsonl", "south.jsonl", "all"])
    #expect(losses[2].count == suite.windows.count * 64)
    #expect(losses[0].count + losses[1].count == losses[2].count)
    // All but the first token, and those after the last window.
    let amounts = library.corpus.manifest.sources.map(\.validation)
    for (loss, amount) in zip(losses, amounts) {
      #expect((amount.tokens - 65...amount.tokens).contains(loss.count))
      #expect(abs(loss.samples - amount.documents) <= 1)
      let values = try #require(loss.values)
      let weights = try #require(loss.weights)
      let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
      #expect(abs(mean - loss.value) < 1e-6)
    }
    let pooled = zip(losses, losses.prefix(2)).reduce(0) { $0 + $1.1.value * Double($1.1.count) }
    #expect(abs(pooled / Double(losses[2].count) - losses[2].value) < 1e-9)
  }

  @Test("an untrained model guesses; one that has learnt the language does not")
  func beatsChance() throws {
    let suite = try cloze()
    let guess = TrainedModel(untrained: library.spec()).score(suite)
    for metric in [SuiteScore.Metric.accuracyPerByte, .accuracyPerToken] {
      let score = try all(guess, metric)
      #expect(score.count >= 300)
      #expect(try #require(score.low) < 0.25 && 0.25 < #require(score.high), "\(score)")
    }
    let spec = library.spec()
    let (folder, _) = try library.trained(spec)
    let model = try TrainedModel(folder.appending(path: "model.safetensors"), of: spec)
    let learnt = model.score(suite)
    #expect(learnt.sha256 == guess.sha256)
    for metric in [SuiteScore.Metric.accuracyPerByte, .accuracyPerToken] {
      let score = try all(learnt, metric)
      #expect(try #require(score.low) > 0.35, "\(score)")
    }
  }

  @Test("an item's result does not depend on which other items are scored with it")
  func batches() throws {
    let model = TrainedModel(untrained: library.spec())
    let many = model.score(try cloze())
    let few = model.score(
      try ClozeSuite(library.corpus, settings: .init(itemsPerSource: 7, contextBytes: 120)))
    for score in few.scores where score.source != "all" {
      let same = try #require(
        many.scores.first { $0.source == score.source && $0.metric == score.metric })
      #expect(try #require(score.values) == Array(#require(same.values).prefix(7)))
    }
  }

  @Test("a checkpoint gives the weights of its step")
  func checkpoint() throws {
    let spec = library.spec(steps: 4)
    let (folder, _) = try library.trained(spec, policy: CheckpointPolicy(steps: 2, seconds: nil))
    let file = folder.appending(path: "checkpoints/2.safetensors")
    let model = try TrainedModel(file, of: spec)
    #expect(model.step == 2)
    #expect(model.sha256 == SHA256.hex(of: try Data(contentsOf: file)))
    let last = try TrainedModel(folder.appending(path: "model.safetensors"), of: spec)
    let suite = try sources(2)
    #expect(model.score(suite).scores != last.score(suite).scores)
  }

  @Test("another run's weights, torn ones and what is no model are refused by name")
  func refused() throws {
    let spec = library.spec(steps: 2)
    let (folder, _) = try library.trained(spec)
    let file = folder.appending(path: "model.safetensors")
    var other = spec
    other.seed = 9
    let reasons = [
      (file, other, "it is of another run: its spec has SHA-256 \(SHA256.hex(of: spec.canonical))"),
      (try write(try Data(contentsOf: file).dropLast(9)), spec, "it is torn"),
      (try write(Data("text".utf8)), spec, "it is torn"),
    ]
    for (file, spec, reason) in reasons {
      let error = #expect(throws: ScoringError.self) { try TrainedModel(file, of: spec) }
      let message = "\(try #require(error))"
      #expect(message.contains(file.path) && message.contains(reason), "\(message)")
    }
  }

  private func write(_ data: Data) throws -> URL {
    let url = library.place.folder.appending(path: "\(UUID().uuidString).safetensors")
    try data.write(to: url)
    return url
  }

  @Test(
    "Wilson's interval has the published figures (Newcombe 1998, method 3)",
    arguments: [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
      (1, 29, 0.0061, 0.1718), (20, 20, 0.8389, 1),
    ])
  func wilson(right: Int, count: Int, low: Double, high: Double) {
    let interval = WilsonInterval(right, of: count)
    #expect(abs(interval.low - low) < 5e-5)
    #expect(abs(interval.high - high) < 5e-5)
  }
}
