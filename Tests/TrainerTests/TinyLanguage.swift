import Corpus
import Experiment

@testable import Trainer

/// Text that a small model learns in a few steps: each token mostly follows from the one before.
enum TinyLanguage {
  static func tokens(_ count: Int, vocabulary: Int) -> [UInt16] {
    var generator = Xoshiro256(seed: 3)
    var token = 1
    return (0..<count).map { _ in
      let surprise = generator.uniform() < 0.1
      token = surprise ? Int.random(in: 0..<vocabulary, using: &generator) : token * 5 + 3
      token %= vocabulary
      return UInt16(token)
    }
  }

  /// A mixture of experts with one leading dense layer, or a dense model.
  static func spec(
    dense: Bool = false, steps: Int = 60, learningRate: Double = 0.02, seed: UInt64 = 1,
    corpus sha256: String = ""
  ) -> RunSpec {
    RunSpec(
      trainer: "native",
      architecture: Architecture(
        layers: 2, dModel: 16, heads: 2, kvHeads: 1, dFFN: 32, dExpert: dense ? 0 : 8,
        experts: dense ? 0 : 8, topK: dense ? 0 : 2, sharedExperts: dense ? 0 : 1,
        denseLayers: dense ? 2 : 1, vocab: 32, seqLen: 16),
      router: .init(biasUpdate: 0.001), initialisation: .fanIn,
      optimiser: .init(learningRate: learningRate), schedule: .init(), batchSequences: 8,
      steps: steps, corpus: .init(name: "tiny", sha256: sha256),
      evaluation: .init(count: 3, sequences: 11), seed: seed)
  }

  static func process(
    _ spec: RunSpec, products: Products.Kind = .float32, clock: TrainingClock = .stopped
  ) throws -> TrainingProcess {
    let windows = { TokenWindows(tokens: tokens($0, vocabulary: 32), seqLen: 16) }
    return try TrainingProcess(
      spec, products: products, training: windows(4000), validation: windows(400),
      bytesPerToken: 2, clock: clock)
  }
}

extension TrainingClock {
  /// No time passes, so that equal runs have equal events.
  static let stopped = TrainingClock(wall: { 0 }, cpu: { 0 })
}
