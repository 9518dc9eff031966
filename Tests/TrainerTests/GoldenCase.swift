import CKernels
import Experiment
import Foundation
import Testing

@testable import Trainer

/// One model, ten batches, and what PyTorch in double precision makes of them, from
/// `Golden/transformer.json`; `Golden/make.py` says by which rules values and tokens come about.
struct GoldenCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let spec: RunSpec
  let firstToken: UInt64
  let steps: [Step]
  let tensors: [Tensor]

  /// What one step gave, the norm before clipping.
  struct Step: Decodable, Sendable {
    let crossEntropy: Double
    let auxiliary: Double
    let gradientNorm: Double

    private enum CodingKeys: String, CodingKey {
      case crossEntropy = "cross_entropy"
      case auxiliary
      case gradientNorm = "gradient_norm"
    }
  }

  /// Initial values by rule; the gradient in the first step; the values after the last.
  struct Tensor: Decodable, Sendable {
    let name: String
    let first: UInt64
    let centre: Float
    let scale: Float
    let gradient: Data
    let trained: Data

    func initial(_ index: Int) -> Float {
      let whole = Int(SplitMix64.mix(first + UInt64(index)) >> 48) - 1 << 15
      return centre + scale * Float(whole) / Float(1 << 15)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case name, spec
    case firstToken = "first_token"
    case steps, tensors
  }

  var testDescription: String { name }

  static let all: [GoldenCase] = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/transformer.json")
    return try! JSONDecoder().decode([GoldenCase].self, from: Data(contentsOf: path))
  }()

  /// The model at its initial values.
  func model() throws -> Transformer {
    #expect(ck_set_threads(1) == 1)
    let model = Transformer(
      spec.architecture, router: spec.router, sequences: spec.batchSequences)
    for tensor in model.layout.tensors {
      let golden = try golden(tensor)
      for index in 0..<tensor.count {
        model.parameters.base[tensor.offset + index] = golden.initial(index)
      }
    }
    return model
  }

  /// The batch of `step`, counted from 0.
  func load(_ batch: TokenBatch, step: Int) {
    for sequence in 0..<batch.sequences {
      for position in 0..<batch.seqLen {
        let start = (step * batch.sequences + sequence) * (batch.seqLen + 1) + position
        batch.inputs[sequence * batch.seqLen + position] = token(start)
        batch.targets[sequence * batch.seqLen + position] = token(start + 1)
      }
    }
  }

  func golden(_ tensor: Trainer.Tensor) throws -> Tensor {
    try #require(tensors.first { $0.name == tensor.name }, "\(tensor.name)")
  }

  private func token(_ index: Int) -> Int32 {
    Int32(SplitMix64.mix(firstToken + UInt64(index)) % UInt64(spec.architecture.vocab))
  }
}
