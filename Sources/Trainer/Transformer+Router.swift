import CKernels
import Experiment

/// Router logits l = norm(x)·W_r, the choice of experts, and the losses that keep it balanced.
///
/// The balance loss of a layer is coefficient · E · Σ_i f_i·P_i: f_i the share of token-expert pairs
/// that expert i got, a constant; P_i the mean over tokens of its probability (the softmax of the
/// logits, or the sigmoids divided by their sum). It is `coefficient` at perfect balance (GShard,
/// arXiv 2006.16668). The z-loss is coefficient · mean (log Σ e^l)² (ST-MoE, arXiv 2202.08906). Both
/// are summed over layers, so that a layer feels the same force in a deep and in a shallow model.
extension Transformer {
  /// Chooses `chosen` and `weights`; returns the auxiliary losses.
  func routerForward(
    _ tensors: ParameterLayout.Mixture, _ mixture: Activations.Mixture,
    input: UnsafeMutablePointer<Float>, tokens: Int
  ) -> Double {
    let experts = architecture.experts
    multiply(
      Matrix(input, rows: tokens, columns: d), parameters.matrix(tensors.router),
      into: Matrix(mixture.logits, rows: tokens, columns: experts))
    mixture.probabilitySums.update(repeating: 0, count: experts)
    ck_router_forward(
      router.gate.kernel, mixture.logits, selectionBias.base + tensors.index * experts,
      mixture.scores, mixture.logSumExp, mixture.chosen, mixture.weights,
      mixture.probabilitySums, scratch.row, tokens, experts, architecture.topK)
    scratch.balance.update(repeating: 0, count: experts)
    for pair in 0..<tokens * architecture.topK { scratch.balance[Int(mixture.chosen[pair])] += 1 }
    let pairs = Double(tokens * architecture.topK)
    var overlap = 0.0
    for expert in 0..<experts {
      overlap +=
        Double(scratch.balance[expert]) / pairs * Double(mixture.probabilitySums[expert])
        / Double(tokens)
    }
    let squares = ck_sum_of_squares(mixture.logSumExp, tokens)
    return router.balanceCoefficient * Double(experts) * overlap
      + router.zCoefficient * squares / Double(tokens)
  }

  /// From `scratch.dWeights`; adds the gradient of the input to `scratch.dNormed`.
  func routerBackward(
    _ tensors: ParameterLayout.Mixture, _ mixture: Activations.Mixture,
    input: UnsafeMutablePointer<Float>, tokens: Int
  ) {
    let experts = architecture.experts
    let perPair =
      router.balanceCoefficient * Double(experts)
      / (Double(tokens * architecture.topK) * Double(tokens))
    for expert in 0..<experts {
      let load = mixture.starts[expert + 1] - mixture.starts[expert]
      scratch.balance[expert] = Float(perPair * Double(load))
    }
    ck_router_backward(
      router.gate.kernel, mixture.logits, mixture.scores, mixture.logSumExp, mixture.chosen,
      mixture.weights, scratch.dWeights, scratch.balance,
      Float(2 * router.zCoefficient / Double(tokens)), scratch.dLogits, tokens, experts,
      architecture.topK)
    let dLogits = Matrix(scratch.dLogits, rows: tokens, columns: experts)
    multiply(
      dLogits, parameters.matrix(tensors.router).transposed,
      into: Matrix(scratch.dNormed, rows: tokens, columns: d), accumulate: true)
    multiply(
      Matrix(input, rows: tokens, columns: d).transposed, dLogits,
      into: gradients.matrix(tensors.router))
  }
}

extension RunSpec.Router.Gate {
  /// The kernels' name for it.
  fileprivate var kernel: Int32 {
    switch self {
    case .softmaxRenormalised: Int32(ck_gate_softmax_renormalised.rawValue)
    case .softmax: Int32(ck_gate_softmax.rawValue)
    case .sigmoid: Int32(ck_gate_sigmoid.rawValue)
    }
  }
}
