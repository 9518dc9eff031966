import CKernels
import Experiment

/// The mean over tokens of −log softmax(norm(x)·W_out)[target].
///
/// Logits are larger than everything else together, so they exist for a chunk of rows at a time, and
/// the forward pass over a chunk goes straight into its backward pass.
extension Transformer {
  /// The mean loss; leaves the gradient of the residual stream in `scratch.dResidual`.
  func outputForwardBackward(_ batch: TokenBatch) -> Double {
    let tokens = batch.tokens
    finalNormForward(tokens: tokens)
    let weight = parameters.matrix(layout.output)
    var total = 0.0
    eachChunk(of: tokens) { start, rows in
      let normed = Matrix(activations.finalNormed + start * d, rows: rows, columns: d)
      let logits = Matrix(scratch.vocabularyLogits, rows: rows, columns: architecture.vocab)
      multiply(normed, weight, into: logits)
      total += ck_cross_entropy(
        logits.base, batch.targets.baseAddress! + start, rows, architecture.vocab,
        1 / Float(tokens))
      multiply(
        logits, weight.transposed, into: Matrix(scratch.dNormed + start * d, rows: rows, columns: d))
      multiply(
        normed.transposed, logits, into: gradients.matrix(layout.output), accumulate: true)
    }
    scratch.dResidual.update(repeating: 0, count: tokens * d)
    ck_rms_norm_backward(
      activations.leaving, parameters.base + layout.finalNorm.offset, activations.finalScales,
      scratch.dNormed, scratch.dResidual, gradients.base + layout.finalNorm.offset, tokens, d)
    return total / Double(tokens)
  }

  /// The mean loss alone.
  func outputForward(_ batch: TokenBatch) -> Double {
    finalNormForward(tokens: batch.tokens)
    var total = 0.0
    eachChunk(of: batch.tokens) { start, rows in
      let logits = Matrix(scratch.vocabularyLogits, rows: rows, columns: architecture.vocab)
      multiply(
        Matrix(activations.finalNormed + start * d, rows: rows, columns: d),
        parameters.matrix(layout.output), into: logits)
      total += ck_cross_entropy_loss(
        logits.base, batch.targets.baseAddress! + start, rows, architecture.vocab)
    }
    return total / Double(batch.tokens)
  }

  private func finalNormForward(tokens: Int) {
    ck_rms_norm_forward(
      activations.leaving, parameters.base + layout.finalNorm.offset, activations.finalNormed,
      activations.finalScales, tokens, d, Self.epsilon)
  }

  private func eachChunk(of tokens: Int, _ body: (Int, Int) -> Void) {
    for start in stride(from: 0, to: tokens, by: Self.logitRows) {
      body(start, min(Self.logitRows, tokens - start))
    }
  }
}
