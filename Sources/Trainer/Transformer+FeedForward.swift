import CKernels
import Experiment

/// x += (silu(norm(x)·W_gate) ∘ norm(x)·W_up)·W_down, the gate and up matrices side by side.
extension Transformer {
  func denseForward(
    _ layer: ParameterLayout.Layer, _ tensors: ParameterLayout.SwiGLU,
    _ activation: Activations.Layer, into leaving: UnsafeMutablePointer<Float>, tokens: Int
  ) {
    feedForwardNormForward(layer, activation, tokens: tokens)
    leaving.update(from: activation.middle, count: tokens * d)
    swiGLUForward(
      tensors, activation.dense!, input: scratch.normed, into: leaving, tokens: tokens)
  }

  /// `scratch.dResidual`: in, the gradient after the block; out, before it.
  func denseBackward(
    _ layer: ParameterLayout.Layer, _ tensors: ParameterLayout.SwiGLU,
    _ activation: Activations.Layer, tokens: Int
  ) {
    feedForwardNormForward(layer, activation, tokens: tokens)
    swiGLUBackward(
      tensors, activation.dense!, input: scratch.normed, tokens: tokens, accumulate: false)
    feedForwardNormBackward(layer, activation, tokens: tokens)
  }

  /// Leaves the norm of the residual stream in `scratch.normed`.
  func feedForwardNormForward(
    _ layer: ParameterLayout.Layer, _ activation: Activations.Layer, tokens: Int
  ) {
    ck_rms_norm_forward(
      activation.middle, parameters.base + layer.feedForwardNorm.offset, scratch.normed,
      activation.feedForwardScales, tokens, d, Self.epsilon)
  }

  /// Adds what flows back through the norm from `scratch.dNormed` to `scratch.dResidual`.
  func feedForwardNormBackward(
    _ layer: ParameterLayout.Layer, _ activation: Activations.Layer, tokens: Int
  ) {
    ck_rms_norm_backward(
      activation.middle, parameters.base + layer.feedForwardNorm.offset,
      activation.feedForwardScales, scratch.dNormed, scratch.dResidual,
      gradients.base + layer.feedForwardNorm.offset, tokens, d)
  }

  /// leaving += swiglu(input); input, leaving [T, d].
  func swiGLUForward(
    _ tensors: ParameterLayout.SwiGLU, _ activation: Activations.SwiGLU,
    input: UnsafeMutablePointer<Float>, into leaving: UnsafeMutablePointer<Float>, tokens: Int
  ) {
    products.multiply(
      Matrix(input, rows: tokens, columns: d), parameters.matrix(tensors.gateUp),
      into: Matrix(activation.slopes, rows: tokens, columns: 2 * tensors.width))
    ck_swiglu_forward(activation.slopes, activation.activated, tokens, tensors.width)
    products.multiply(
      Matrix(activation.activated, rows: tokens, columns: tensors.width),
      parameters.matrix(tensors.down), into: Matrix(leaving, rows: tokens, columns: d),
      accumulate: true)
  }

  /// From `scratch.dResidual` to `scratch.dNormed`, the gradient of the input. What the forward pass left
  /// makes room for the gradients.
  func swiGLUBackward(
    _ tensors: ParameterLayout.SwiGLU, _ activation: Activations.SwiGLU,
    input: UnsafeMutablePointer<Float>, tokens: Int, accumulate: Bool
  ) {
    let dOutput = Matrix(scratch.dResidual, rows: tokens, columns: d)
    let activated = Matrix(activation.activated, rows: tokens, columns: tensors.width)
    let dGateUp = Matrix(activation.slopes, rows: tokens, columns: 2 * tensors.width)
    products.multiply(
      activated.transposed, dOutput, into: gradients.matrix(tensors.down))
    let dActivated = activated
    products.multiply(dOutput, parameters.matrix(tensors.down).transposed, into: dActivated)
    ck_swiglu_backward(
      activation.slopes, nil, nil, dActivated.base, dGateUp.base, nil, nil, tokens, tensors.width)
    products.multiply(
      dGateUp, parameters.matrix(tensors.gateUp).transposed,
      into: Matrix(scratch.dNormed, rows: tokens, columns: d), accumulate: accumulate)
    products.multiply(
      Matrix(input, rows: tokens, columns: d).transposed, dGateUp,
      into: gradients.matrix(tensors.gateUp))
  }
}
