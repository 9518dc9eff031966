import Experiment
import Foundation
import Testing

@testable import Trainer

@Suite("The transformer against its reference")
struct GradientTests {
  @Test("losses and the gradient of every parameter", arguments: GradientCase.all)
  func gradients(_ example: GradientCase) {
    var (model, reference, batch) = example.make()
    let (inputs, targets) = (batch.inputs.map(Int.init), batch.targets.map(Int.init))
    let truth = reference.forward(inputs: inputs, targets: targets)
    // A choice of experts that rounding could turn would make the comparison meaningless.
    #expect(truth.margin > 1e-5)
    reference.selection = truth.selection

    let derivatives = model.layout.tensors.map { tensor in
      tensor.range.map { reference.derivative($0, inputs: inputs, targets: targets) }
    }
    eachLevel { level in
      let loss = model.differentiate(batch)
      #expect(abs(loss.crossEntropy - truth.crossEntropy) < 1e-5 * truth.crossEntropy, "\(level)")
      #expect(abs(loss.auxiliary - truth.auxiliary) <= 1e-5 * truth.auxiliary, "\(level)")
      for (layer, choices) in truth.selection.enumerated() {
        let mixture = model.activations.layers[layer + example.architecture.denseLayers].mixture!
        let fast = (0..<choices.joined().count).map { Int(mixture.chosen[$0]) }
        #expect(fast == Array(choices.joined()))
      }
      for (tensor, expected) in zip(model.layout.tensors, derivatives) {
        let largest = expected.map(abs).max()!
        let worst = zip(tensor.range, expected).map {
          abs(Double(model.gradients.base[$0]) - $1)
        }.max()!
        #expect(worst < 2e-5 * largest + 1e-8, "\(level) \(tensor.name): largest \(largest)")
      }
      let squares = model.gradients.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(model.gradientNorm - squares.squareRoot()) < 1e-6 * squares.squareRoot())
    }
  }

  @Test("equal batches give equal bits, whatever came before", arguments: GradientCase.all)
  func repeatability(_ example: GradientCase) {
    let (model, _, batch) = example.make()
    eachLevel { level in
      _ = model.differentiate(batch)
      let first = Array(model.gradients.elements)
      for index in model.gradients.elements.indices { model.gradients.base[index] = .nan }
      _ = model.differentiate(batch)
      #expect(first == Array(model.gradients.elements), "\(level)")
    }
  }

  @Test("evaluation gives the same losses as training", arguments: GradientCase.all)
  func evaluation(_ example: GradientCase) {
    let (model, _, batch) = example.make()
    let trained = model.differentiate(batch)
    let evaluated = model.evaluate(batch)
    #expect(abs(trained.crossEntropy - evaluated.crossEntropy) < 1e-6)
    #expect(trained.auxiliary == evaluated.auxiliary)
  }

  @Test("without an output projection every token is as likely as any other")
  func uniform() {
    let (model, reference, batch) = GradientCase.all[0].make()
    var silent = reference
    for index in model.layout.output.range {
      model.parameters.base[index] = 0
      silent.parameters[index] = 0
    }
    let loss = silent.forward(
      inputs: batch.inputs.map(Int.init), targets: batch.targets.map(Int.init))
    #expect(abs(loss.crossEntropy - log(11)) < 1e-12)
    #expect(abs(model.evaluate(batch).crossEntropy - log(11)) < 1e-6)
  }

  @Test("the balance loss is its coefficient when every expert gets the same")
  func perfectBalance() {
    var example = GradientCase.all[4]
    example.architecture.topK = example.architecture.experts
    example.router.zCoefficient = 0
    let (model, _, batch) = example.make()
    // Two layers, and f_i = 1/E for every expert when all of them run.
    #expect(abs(model.evaluate(batch).auxiliary - 2 * 0.3) < 1e-6)
  }

  @Test("the parameter count is the architecture's", arguments: GradientCase.all)
  func count(_ example: GradientCase) {
    let layout = ParameterLayout(example.architecture)
    #expect(layout.count == example.architecture.parameters.total)
    #expect(layout.tensors.map(\.count).reduce(0, +) == layout.count)
    #expect(Set(layout.tensors.map(\.name)).count == layout.tensors.count)
  }
}
