import CKernels
import Experiment

/// x += shared(norm(x)) + Σ_j w_j · expert_j(norm(x)) over the chosen experts, none dropped.
///
/// The T·top_k token-expert pairs are sorted by expert once. Each expert then gathers its tokens,
/// works on consecutive rows in cache, and adds its outputs to their tokens.
extension Transformer {
  /// Returns the layer's auxiliary losses.
  func mixtureForward(
    _ layer: ParameterLayout.Layer, _ tensors: ParameterLayout.Mixture,
    _ activation: Activations.Layer, into leaving: UnsafeMutablePointer<Float>, tokens: Int
  ) -> Double {
    let mixture = activation.mixture!
    feedForwardNormForward(layer, activation, tokens: tokens)
    leaving.update(from: activation.middle, count: tokens * d)
    if let shared = tensors.shared, let sharedActivation = mixture.shared {
      swiGLUForward(
        shared, sharedActivation, input: scratch.normed, into: leaving,
        tokens: tokens)
    }
    let auxiliary = routerForward(
      tensors, mixture, input: scratch.normed, tokens: tokens)
    dispatch(tensors, mixture, tokens: tokens)
    var experts = kernelExperts(tensors.experts, mixture)
    ck_experts_forward(&experts, scratch.normed, leaving)
    return auxiliary
  }

  /// `scratch.dResidual`: in, the gradient after the block; out, before it.
  func mixtureBackward(
    _ layer: ParameterLayout.Layer, _ tensors: ParameterLayout.Mixture,
    _ activation: Activations.Layer, tokens: Int
  ) {
    let mixture = activation.mixture!
    feedForwardNormForward(layer, activation, tokens: tokens)
    scratch.dNormed.update(repeating: 0, count: tokens * d)
    var experts = kernelExperts(tensors.experts, mixture)
    expertGradientSquares += ck_experts_backward(
      &experts, scratch.normed, scratch.dResidual, scratch.dNormed,
      gradients.base + tensors.experts.gateUp.offset, gradients.base + tensors.experts.down.offset,
      scratch.dPlacedWeights)
    for pair in 0..<tokens * architecture.topK {
      scratch.dWeights[pair] = scratch.dPlacedWeights[Int(mixture.places[pair])]
    }
    routerBackward(tensors, mixture, input: scratch.normed, tokens: tokens)
    if let shared = tensors.shared, let sharedActivation = mixture.shared {
      swiGLUBackward(
        shared, sharedActivation, input: scratch.normed, tokens: tokens,
        accumulate: true)
    }
    feedForwardNormBackward(layer, activation, tokens: tokens)
  }

  /// Sorts the pairs by expert, in the order of the tokens within each (counting sort).
  private func dispatch(
    _ tensors: ParameterLayout.Mixture, _ mixture: Activations.Mixture, tokens: Int
  ) {
    let topK = architecture.topK
    let starts = mixture.starts
    starts.update(repeating: 0, count: architecture.experts + 1)
    for pair in 0..<tokens * topK { starts[Int(mixture.chosen[pair]) + 1] += 1 }
    record(loads: { Int(starts[$0 + 1]) }, layer: tensors.index)
    for expert in 0..<architecture.experts { starts[expert + 1] += starts[expert] }
    for token in 0..<tokens {
      for pair in token * topK..<(token + 1) * topK {
        let expert = Int(mixture.chosen[pair])
        let place = starts[expert]
        starts[expert] += 1
        mixture.places[pair] = place
        mixture.tokens[Int(place)] = Int32(token)
        mixture.placedWeights[Int(place)] = mixture.weights[pair]
      }
    }
    // Each start has moved to its expert's end, which is the next one's start: move them back.
    for expert in (0..<architecture.experts).reversed() { starts[expert + 1] = starts[expert] }
    starts[0] = 0
  }

  private func kernelExperts(
    _ tensors: ParameterLayout.SwiGLU, _ mixture: Activations.Mixture
  ) -> ck_experts {
    ck_experts(
      count: architecture.experts, d: d, width: tensors.width,
      gate_up: parameters.base + tensors.gateUp.offset,
      down: parameters.base + tensors.down.offset, starts: mixture.starts, tokens: mixture.tokens,
      weights: mixture.placedWeights, slopes: mixture.experts.slopes,
      activated: mixture.experts.activated, scratch: scratch.experts)
  }
}
