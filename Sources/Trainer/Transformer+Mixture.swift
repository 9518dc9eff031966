import CKernels
import Experiment

/// x += shared(norm(x)) + Σ_j w_j · expert_j(norm(x)) over the chosen experts, none dropped.
///
/// The T·top_k token-expert pairs are sorted by expert once, so that every expert works on
/// consecutive rows. The weight w multiplies an expert's activations before its down projection: the
/// result is the same, and the backward pass needs no copy of the expert's output.
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
        shared, sharedActivation, input: activation.feedForwardNormed, into: leaving,
        tokens: tokens)
    }
    let auxiliary = routerForward(
      tensors, mixture, input: activation.feedForwardNormed, tokens: tokens)
    dispatch(tensors, mixture, tokens: tokens)
    ck_gather_rows(
      activation.feedForwardNormed, mixture.tokens, mixture.gathered, tokens * architecture.topK,
      d)
    for expert in 0..<architecture.experts {
      expertForward(expert, tensors.experts, mixture)
    }
    ck_sum_rows(scratch.placed, mixture.places, leaving, tokens, architecture.topK, d)
    return auxiliary
  }

  /// `scratch.dResidual`: in, the gradient after the block; out, before it.
  func mixtureBackward(
    _ layer: ParameterLayout.Layer, _ tensors: ParameterLayout.Mixture,
    _ activation: Activations.Layer, tokens: Int
  ) {
    let mixture = activation.mixture!
    let pairs = tokens * architecture.topK
    ck_gather_rows(scratch.dResidual, mixture.tokens, scratch.placed, pairs, d)
    for expert in 0..<architecture.experts {
      expertBackward(expert, tensors.experts, mixture)
    }
    for pair in 0..<pairs {
      scratch.dWeights[pair] = scratch.dPlacedWeights[Int(mixture.places[pair])]
    }
    routerBackward(tensors, mixture, input: activation.feedForwardNormed, tokens: tokens)
    ck_sum_rows(
      scratch.dGathered, mixture.places, scratch.dNormed, tokens, architecture.topK, d)
    if let shared = tensors.shared, let sharedActivation = mixture.shared {
      swiGLUBackward(
        shared, sharedActivation, input: activation.feedForwardNormed, tokens: tokens,
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

  private func expertForward(
    _ expert: Int, _ tensors: ParameterLayout.SwiGLU, _ mixture: Activations.Mixture
  ) {
    let rows = ExpertRows(expert, mixture, width: tensors.width, d: d)
    let gateUp = rows.matrix(mixture.experts.gateUp, 2 * tensors.width)
    let activated = rows.matrix(mixture.experts.activated, tensors.width)
    multiply(
      rows.matrix(mixture.gathered, d), parameters.matrix(tensors.gateUp, expert), into: gateUp)
    ck_swiglu_forward(
      gateUp.base, mixture.placedWeights + rows.start, activated.base, rows.count, tensors.width)
    multiply(
      activated, parameters.matrix(tensors.down, expert), into: rows.matrix(scratch.placed, d))
  }

  /// From `scratch.placed`, the gradient of the outputs, to `scratch.dGathered`, that of the inputs.
  private func expertBackward(
    _ expert: Int, _ tensors: ParameterLayout.SwiGLU, _ mixture: Activations.Mixture
  ) {
    let rows = ExpertRows(expert, mixture, width: tensors.width, d: d)
    let dOutput = rows.matrix(scratch.placed, d)
    let dActivated = rows.matrix(scratch.dActivated, tensors.width)
    let dGateUp = rows.matrix(scratch.dGateUp, 2 * tensors.width)
    multiply(dOutput, parameters.matrix(tensors.down, expert).transposed, into: dActivated)
    multiply(
      rows.matrix(mixture.experts.activated, tensors.width).transposed, dOutput,
      into: gradients.matrix(tensors.down, expert), accumulate: true)
    ck_swiglu_backward(
      rows.matrix(mixture.experts.gateUp, 2 * tensors.width).base,
      mixture.placedWeights + rows.start, dActivated.base, dGateUp.base,
      scratch.dPlacedWeights + rows.start, rows.count, tensors.width)
    multiply(
      dGateUp, parameters.matrix(tensors.gateUp, expert).transposed,
      into: rows.matrix(scratch.dGathered, d))
    multiply(
      rows.matrix(mixture.gathered, d).transposed, dGateUp,
      into: gradients.matrix(tensors.gateUp, expert), accumulate: true)
  }
}

/// The rows of one expert among the pairs.
private struct ExpertRows {
  let start: Int
  let count: Int

  init(_ expert: Int, _ mixture: Activations.Mixture, width: Int, d: Int) {
    start = Int(mixture.starts[expert])
    count = Int(mixture.starts[expert + 1]) - start
  }

  func matrix(_ base: UnsafeMutablePointer<Float>, _ columns: Int) -> Matrix {
    Matrix(base + start * columns, rows: count, columns: columns)
  }
}
