import CKernels
import Experiment

/// x += concat_h(softmax(q_h·kᵀ/√head_dim + causal mask)·v)·W_o with q, k, v = rope(norm(x)·W_qkv).
///
/// Head h reads key and value head h·kv_heads/heads (grouped-query attention, arXiv 2305.13245).
extension Transformer {
  private var kvWidth: Int {
    (architecture.heads + 2 * architecture.kvHeads) * architecture.headDim
  }

  func attentionForward(
    _ layer: ParameterLayout.Layer, _ activation: Activations.Layer, sequences: Int
  ) {
    let tokens = sequences * architecture.seqLen
    attentionNormForward(layer, activation, tokens: tokens)
    products.multiply(
      Matrix(scratch.normed, rows: tokens, columns: d),
      parameters.matrix(layer.queryKeyValue),
      into: Matrix(activation.queryKeyValue, rows: tokens, columns: kvWidth))
    rotate(activation.queryKeyValue, tokens: tokens, direction: 1)
    var shape = shape(activation, sequences: sequences)
    ck_attention_forward(&shape, activation.queryKeyValue, activation.attended)
    activation.middle.update(from: activation.entering, count: tokens * d)
    products.multiply(
      Matrix(activation.attended, rows: tokens, columns: d),
      parameters.matrix(layer.attentionOutput),
      into: Matrix(activation.middle, rows: tokens, columns: d), accumulate: true)
  }

  /// `scratch.dResidual`: in, the gradient after attention; out, before it.
  func attentionBackward(
    _ layer: ParameterLayout.Layer, _ activation: Activations.Layer, sequences: Int
  ) {
    let tokens = sequences * architecture.seqLen
    let dResidual = Matrix(scratch.dResidual, rows: tokens, columns: d)
    let dQueryKeyValue = Matrix(scratch.dQueryKeyValue, rows: tokens, columns: kvWidth)
    products.multiply(
      dResidual, parameters.matrix(layer.attentionOutput).transposed,
      into: Matrix(scratch.dAttended, rows: tokens, columns: d))
    products.multiply(
      Matrix(activation.attended, rows: tokens, columns: d).transposed, dResidual,
      into: gradients.matrix(layer.attentionOutput))
    var shape = shape(activation, sequences: sequences)
    ck_attention_backward(
      &shape, activation.queryKeyValue, activation.attended, scratch.dAttended,
      scratch.dQueryKeyValue)
    rotate(scratch.dQueryKeyValue, tokens: tokens, direction: -1)
    products.multiply(
      dQueryKeyValue, parameters.matrix(layer.queryKeyValue).transposed,
      into: Matrix(scratch.dNormed, rows: tokens, columns: d))
    attentionNormForward(layer, activation, tokens: tokens)
    products.multiply(
      Matrix(scratch.normed, rows: tokens, columns: d).transposed, dQueryKeyValue,
      into: gradients.matrix(layer.queryKeyValue))
    ck_rms_norm_backward(
      activation.entering, parameters.base + layer.attentionNorm.offset,
      activation.attentionScales, scratch.dNormed, scratch.dResidual,
      gradients.base + layer.attentionNorm.offset, tokens, d)
  }

  /// Leaves the norm of the residual stream in `scratch.normed`.
  private func attentionNormForward(
    _ layer: ParameterLayout.Layer, _ activation: Activations.Layer, tokens: Int
  ) {
    ck_rms_norm_forward(
      activation.entering, parameters.base + layer.attentionNorm.offset, scratch.normed,
      activation.attentionScales, tokens, d, Self.epsilon)
  }

  /// Rotates queries and keys, and not values.
  private func rotate(_ queryKeyValue: UnsafeMutablePointer<Float>, tokens: Int, direction: Float) {
    ck_rope(
      queryKeyValue, cosines.base, sines.base, tokens, architecture.heads + architecture.kvHeads,
      architecture.headDim, kvWidth, architecture.seqLen, direction)
  }

  private func shape(_ activation: Activations.Layer, sequences: Int) -> ck_attention {
    ck_attention(
      sequences: sequences, seq_len: architecture.seqLen, heads: architecture.heads,
      kv_heads: architecture.kvHeads, head_dim: architecture.headDim, row: kvWidth,
      weights: activation.attentionWeights, inverse: activation.attentionInverses,
      scratch: scratch.attention)
  }
}
