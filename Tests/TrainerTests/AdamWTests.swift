import Experiment
import Testing

@testable import Trainer

@Suite("AdamW over a model")
struct AdamWTests {
  private func model() -> Transformer {
    let model = Transformer(GradientCase.dense(), router: .init(), sequences: 1)
    for index in model.parameters.elements.indices { model.parameters.base[index] = 1 }
    return model
  }

  @Test("decays matrices and not gains")
  func decay() {
    let model = model()
    let optimiser = AdamW(.init(learningRate: 0.5, weightDecay: 0.1), count: model.layout.count)
    #expect(optimiser.update(model, learningRate: 0.5) == 0)
    for tensor in model.layout.tensors {
      let expected: Float = tensor.kind == .gain ? 1 : 0.95
      #expect(tensor.range.allSatisfy { model.parameters.base[$0] == expected }, "\(tensor.name)")
    }
  }

  @Test("clips by the global norm, and reports the norm before")
  func clip() {
    let model = model()
    let (first, last) = (0, model.layout.count - 1)
    model.gradients.base[first] = 3
    model.gradients.base[last] = -4
    // With so large an ε the first step is nearly proportional to the clipped gradient.
    let options = RunSpec.Optimiser(learningRate: 1, epsilon: 1e3, weightDecay: 0, clip: 1)
    #expect(AdamW(options, count: model.layout.count).update(model, learningRate: 1) == 5)
    #expect(abs(model.parameters.base[first] - (1 - 0.6 / 1000.6)) < 1e-6)
    #expect(abs(model.parameters.base[last] - (1 + 0.8 / 1000.8)) < 1e-6)
    #expect(model.parameters.base[1] == 1)
  }

  @Test("two steps of one parameter, worked out by hand")
  func golden() {
    let model = model()
    let options = RunSpec.Optimiser(learningRate: 0.1, weightDecay: 0.1, clip: 10)
    let optimiser = AdamW(options, count: model.layout.count)
    model.gradients.base[0] = 0.5
    _ = optimiser.update(model, learningRate: 0.1)
    #expect(abs(model.parameters.base[0] - 0.89) < 1e-6)
    model.gradients.base[0] = -0.5
    _ = optimiser.update(model, learningRate: 0.1)
    #expect(abs(model.parameters.base[0] - (0.89 - 0.0089 + 0.1 / 19)) < 1e-6)
  }
}
