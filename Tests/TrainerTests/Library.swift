import Corpus
import Experiment
import Foundation
import Wire

@testable import Trainer

/// A corpus of two sources in a temporary data folder, prepared from text in which a sentence's first
/// word says what its last one is, and models that are trained on it.
final class Library {
  let place: Place
  let corpus: PreparedCorpus

  init() throws {
    let place = try Place()
    self.place = place
    let files = try ["north", "south"].enumerated().map { number, name in
      let url = place.folder.appending(path: "\(name).jsonl")
      try Data(Self.lines(220, seed: UInt64(number + 1)).utf8).write(to: url)
      return url
    }
    var settings = CorpusPreparation.Settings()
    settings.vocabulary = 400
    settings.validationShare = 0.2
    corpus = try CorpusPreparation(
      name: "library", importing: files, licence: "none", dataFolder: place.folder,
      settings: settings
    ).run()
  }

  func spec(steps: Int = 300, seed: UInt64 = 1) -> RunSpec {
    var spec = TinyLanguage.spec(steps: steps, seed: seed, corpus: corpus.sha256)
    spec.architecture.vocab = 400
    spec.architecture.seqLen = 64
    spec.evaluation = .init(count: 1, sequences: 13)
    return spec
  }

  /// Trains `spec` in a folder of its own; the folder, and what the run came to.
  func trained(
    _ spec: RunSpec, policy: CheckpointPolicy = CheckpointPolicy(seconds: nil)
  ) throws -> (folder: URL, finished: TrainerEvent.Finished?) {
    let folder = try place.place("attempt-\(UUID().uuidString)").folder
    let seqLen = spec.architecture.seqLen
    let process = try TrainingProcess(
      spec, training: try corpus.windows(.train, seqLen: seqLen),
      validation: try corpus.windows(.validation, seqLen: seqLen),
      bytesPerToken: corpus.manifest.bytesPerToken(.validation), clock: .stopped)
    let checkpoints = Checkpoints(
      CheckpointFolder(directory: folder, earlier: []), policy: policy, spec: spec,
      environment: [:], clock: .stopped, log: { _ in })
    var finished: TrainerEvent.Finished?
    _ = process.train(saving: checkpoints, asked: { .goOn }) { event in
      if case .finished(let last) = event { finished = last }
    }
    return (folder, finished)
  }

  /// Documents of six sentences: a subject, three words that say nothing, and the subject's own word.
  private static func lines(_ count: Int, seed: UInt64) -> String {
    var generator = Xoshiro256(seed: seed)
    let syllables = ["ka", "lo", "mi", "ne", "pu", "ra", "si", "to"]
    let word = { (number: Int) in
      syllables[number / 8] + syllables[number % 8] + syllables[(number * 3) % 8]
    }
    let sentence = { () -> String in
      let subject = Int.random(in: 0..<12, using: &generator)
      let filler = (0..<3).map { _ in word(Int.random(in: 24..<64, using: &generator)) }
      return
        "In \(word(subject)) they \(filler.joined(separator: " and ")) the \(word(subject + 12))."
    }
    return (0..<count).map { _ in
      #"{"text":"\#((0..<6).map { _ in sentence() }.joined(separator: " "))"}"#
    }.joined(separator: "\n")
  }
}
