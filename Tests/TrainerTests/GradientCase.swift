import CKernels
import Experiment
import Testing

@testable import Trainer

/// A tiny model and a batch: small enough that every parameter can be moved up and down.
struct GradientCase: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var architecture: Architecture
  var router = RunSpec.Router(balanceCoefficient: 0.3, zCoefficient: 0.05)
  var sequences = 2
  /// Standard deviation of the selection bias.
  var bias = 0.0

  static func shape(
    layers: Int = 2, heads: Int = 2, kvHeads: Int = 2, dFFN: Int = 0, dExpert: Int = 3,
    experts: Int = 4, topK: Int = 2, shared: Int = 0, denseLayers: Int = 0, seqLen: Int = 5
  ) -> Architecture {
    Architecture(
      layers: layers, dModel: 8, heads: heads, kvHeads: kvHeads, dFFN: dFFN, dExpert: dExpert,
      experts: experts, topK: topK, sharedExperts: shared, denseLayers: denseLayers, vocab: 11,
      seqLen: seqLen)
  }

  static func dense(layers: Int = 2, heads: Int = 2, kvHeads: Int = 2, seqLen: Int = 5)
    -> Architecture
  {
    shape(
      layers: layers, heads: heads, kvHeads: kvHeads, dFFN: 6, dExpert: 0, experts: 0, topK: 0,
      denseLayers: layers, seqLen: seqLen)
  }

  static let all: [GradientCase] = [
    .init(testDescription: "dense", architecture: dense()),
    .init(
      testDescription: "grouped-query attention", architecture: dense(heads: 4, kvHeads: 2)),
    .init(
      testDescription: "one key and value head", architecture: dense(heads: 4, kvHeads: 1)),
    .init(
      testDescription: "a sequence of more than one block of queries",
      architecture: dense(layers: 1, heads: 2, kvHeads: 1, seqLen: 70), sequences: 1),
    .init(testDescription: "renormalised softmax gate", architecture: shape()),
    .init(
      testDescription: "softmax gate", architecture: shape(),
      router: .init(gate: .softmax, balanceCoefficient: 0.3, zCoefficient: 0.05)),
    .init(
      testDescription: "sigmoid gate", architecture: shape(),
      router: .init(gate: .sigmoid, balanceCoefficient: 0.3, zCoefficient: 0.05)),
    .init(
      testDescription: "sigmoid gate with a selection bias", architecture: shape(shared: 1),
      router: .init(gate: .sigmoid, balanceCoefficient: 0, zCoefficient: 0), bias: 0.3),
    .init(
      testDescription: "softmax gate with a selection bias", architecture: shape(topK: 1),
      router: .init(gate: .softmax), bias: 0.3),
    .init(testDescription: "shared experts", architecture: shape(shared: 2)),
    .init(
      testDescription: "a leading dense layer",
      architecture: shape(dFFN: 6, shared: 1, denseLayers: 1)),
    .init(
      testDescription: "more experts than tokens", architecture: shape(experts: 24, topK: 3)),
    .init(testDescription: "every expert runs", architecture: shape(experts: 3, topK: 3)),
  ]

  /// The fast model and its reference with the same random parameters, and a random batch.
  func make() -> (model: Transformer, reference: ReferenceTransformer, batch: TokenBatch) {
    #expect(ck_set_threads(1) == 1)
    let model = Transformer(architecture, router: router, sequences: sequences)
    var generator = Xoshiro256(seed: 7)
    model.layout.initialise(model.parameters, .fanIn, seed: 7)
    // Gains away from one, and everything a little larger, so that no derivative is near zero.
    for index in model.layout.decayed.upperBound..<model.layout.count {
      model.parameters.base[index] = Float(0.5 + generator.uniform())
    }
    for index in model.selectionBias.elements.indices {
      model.selectionBias.base[index] = Float(bias * (2 * generator.uniform() - 1))
    }
    let batch = TokenBatch(sequences: sequences, seqLen: architecture.seqLen)
    for index in 0..<batch.tokens {
      batch.inputs[index] = Int32.random(in: 0..<Int32(architecture.vocab), using: &generator)
      batch.targets[index] = Int32.random(in: 0..<Int32(architecture.vocab), using: &generator)
    }
    let experts = architecture.experts
    let reference = ReferenceTransformer(
      architecture: architecture, router: router, layout: model.layout,
      parameters: model.parameters.elements.map(Double.init),
      selectionBias: (0..<architecture.moeLayers).map { layer in
        (0..<experts).map { Double(model.selectionBias.base[layer * experts + $0]) }
      })
    return (model, reference, batch)
  }
}
