import Corpus
import Experiment
import Foundation

/// What a trainer is given to practise on: a small mixture of experts on a small corpus.
enum PracticeRun {
  /// A spec of `steps` steps over the practice corpus with that manifest.
  static func spec(steps: Int, corpus sha256: String) -> RunSpec {
    RunSpec(
      trainer: "check",
      architecture: Architecture(
        layers: 2, dModel: 64, heads: 4, kvHeads: 2, dFFN: 128, dExpert: 32, experts: 8, topK: 2,
        sharedExperts: 1, denseLayers: 1, vocab: PracticeCorpus.vocabulary, seqLen: 32),
      router: .init(), initialisation: .fanIn, optimiser: .init(learningRate: 0.01),
      schedule: .init(), batchSequences: 4, steps: steps,
      corpus: .init(name: PracticeCorpus.name, sha256: sha256),
      evaluation: .init(count: 2, sequences: 16), seed: 1)
  }
}

extension RunSpec {
  /// The same with a learning rate at which nothing learns.
  var diverging: RunSpec {
    var spec = self
    spec.optimiser.learningRate = 1e6
    spec.optimiser.clip = 1e9
    return spec
  }

  /// The same without a step to train.
  var stepless: RunSpec {
    var spec = self
    spec.steps = 0
    return spec
  }

  /// The same on a corpus that is nowhere.
  var homeless: RunSpec {
    var spec = self
    spec.corpus = CorpusReference(name: "nowhere", sha256: String(repeating: "0", count: 64))
    return spec
  }
}
