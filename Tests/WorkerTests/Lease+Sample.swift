import Experiment
import Wire

extension Lease {
  /// A lease on a small run, to be trained by `trainer`.
  static func sample(run: Int64, epoch: Int = 1, trainer: String = "fake") -> Lease {
    let architecture = Architecture(
      layers: 1, dModel: 16, heads: 2, kvHeads: 1, dFFN: 0, dExpert: 8, experts: 4, topK: 1,
      sharedExperts: 1, denseLayers: 0, vocab: 64, seqLen: 16)
    let spec = RunSpec(
      trainer: trainer, architecture: architecture, router: .init(), initialisation: .fanIn,
      optimiser: .init(learningRate: 0.01), schedule: .init(), batchSequences: 2, steps: 3,
      corpus: .init(name: "text", sha256: String(repeating: "0", count: 64)), evaluation: .init(),
      seed: UInt64(run))
    return Lease(run: run, epoch: epoch, spec: spec)
  }
}
