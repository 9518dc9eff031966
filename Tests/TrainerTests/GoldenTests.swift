import Experiment
import Foundation
import Testing

@testable import Trainer

/// PyTorch's own single precision stays within 2e-6 of these numbers.
@Suite("The transformer against PyTorch")
struct GoldenTests {
  @Test("loss, every gradient and ten steps of AdamW", arguments: GoldenCase.all)
  func tenSteps(_ golden: GoldenCase) throws {
    let spec = golden.spec
    let model = try golden.model()
    let optimiser = AdamW(spec.optimiser, count: model.layout.count)
    let batch = TokenBatch(sequences: spec.batchSequences, seqLen: spec.architecture.seqLen)
    #expect(golden.steps.count == 10)
    for (index, expected) in golden.steps.enumerated() {
      golden.load(batch, step: index)
      let loss = model.differentiate(batch)
      if index == 0 { try compare(golden, model, model.gradients, \.gradient, within: 1e-5) }
      let learningRate = spec.schedule.learningRate(
        index + 1, of: spec.steps, peak: spec.optimiser.learningRate)
      let norm = optimiser.update(model, learningRate: learningRate)
      model.updateSelectionBias()
      #expect(abs(loss.crossEntropy / expected.crossEntropy - 1) < 2e-6)
      #expect(abs(loss.auxiliary - expected.auxiliary) <= 2e-6 * expected.auxiliary)
      #expect(abs(norm / expected.gradientNorm - 1) < 1e-5)
    }
    try compare(golden, model, model.parameters, \.trained, within: 1e-5)
  }

  @Test("the golden numbers cover every gate and every tensor that a model can have")
  func coverage() throws {
    let routed = GoldenCase.all.filter { !$0.spec.architecture.isDense }
    #expect(Set(routed.map(\.spec.router.gate)) == Set(RunSpec.Router.Gate.allCases))
    #expect(routed.contains { $0.spec.router.biasUpdate > 0 })
    #expect(
      GoldenCase.all.contains { golden in
        golden.steps.allSatisfy { $0.gradientNorm > golden.spec.optimiser.clip }
      })
    for golden in GoldenCase.all {
      let layout = ParameterLayout(golden.spec.architecture)
      #expect(Set(golden.tensors.map(\.name)) == Set(layout.tensors.map(\.name)))
    }
  }

  /// Each tensor of `buffer` to what PyTorch has, the difference measured by its largest number.
  private func compare(
    _ golden: GoldenCase, _ model: Transformer, _ buffer: FloatBuffer,
    _ part: KeyPath<GoldenCase.Tensor, Data>, within tolerance: Double
  ) throws {
    for tensor in model.layout.tensors {
      let expected = try golden.golden(tensor)[keyPath: part].floats
      try #require(expected.count == tensor.count, "\(tensor.name)")
      let largest = expected.map { abs(Double($0)) }.max()!
      let worst = zip(tensor.range, expected).map {
        abs(Double(buffer.base[$0]) - Double($1))
      }.max()!
      #expect(worst <= tolerance * largest, "\(tensor.name): off by \(worst / largest)")
    }
  }
}

extension Data {
  /// Its bytes as little-endian float32.
  fileprivate var floats: [Float] {
    withUnsafeBytes { bytes in
      stride(from: 0, to: count, by: 4).map {
        Float(
          bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
        )
      }
    }
  }
}
