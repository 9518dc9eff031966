import CKernels
import Experiment

/// The mean over tokens of −log softmax(norm(x)·W_outᵀ)[target].
///
/// Logits are larger than everything else together, so they exist for a chunk of rows at a time, and
/// the forward pass over a chunk goes straight into its backward pass.
extension Transformer {
  /// The mean loss; leaves the gradient of the residual stream in `scratch.dResidual`.
  func outputForwardBackward(_ batch: TokenBatch) -> Double {
    let tokens = batch.tokens
    finalNormForward(tokens: tokens)
    var total = 0.0
    eachChunk(of: tokens) { start, rows in
      let normed = Matrix(scratch.normed + start * d, rows: rows, columns: d)
      let logits = logits(normed)
      total += ck_cross_entropy(
        logits.base, batch.targets.baseAddress! + start, scratch.logitScales, rows,
        logits.columns, logits.stride, 1 / Float(tokens))
      let dNormed = Matrix(scratch.dNormed + start * d, rows: rows, columns: d)
      products.multiply(logits, parameters.matrix(layout.output), into: dNormed)
      ck_scale_rows(dNormed.base, scratch.logitScales, rows, d)
      // Nothing else needs this chunk of the normed tokens.
      ck_scale_rows(normed.base, scratch.logitScales, rows, d)
      products.multiply(
        logits.transposed, normed, into: gradients.matrix(layout.output), accumulate: start > 0)
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
      let logits = logits(Matrix(scratch.normed + start * d, rows: rows, columns: d))
      total += ck_cross_entropy_loss(
        logits.base, batch.targets.baseAddress! + start, rows, logits.columns, logits.stride)
    }
    return total / Double(batch.tokens)
  }

  /// The loss of each token [T], nats, in the order of the batch.
  func outputLosses(_ batch: TokenBatch) -> [Double] {
    finalNormForward(tokens: batch.tokens)
    var losses: [Double] = []
    losses.reserveCapacity(batch.tokens)
    eachChunk(of: batch.tokens) { start, rows in
      let logits = logits(Matrix(scratch.normed + start * d, rows: rows, columns: d))
      for row in 0..<rows {
        losses.append(
          ck_cross_entropy_loss(
            logits.base + row * logits.stride, batch.targets.baseAddress! + start + row, 1,
            logits.columns, logits.stride))
      }
    }
    return losses
  }

  /// Of a chunk of tokens, in the scratch memory of logits.
  private func logits(_ normed: Matrix) -> Matrix {
    let logits = Matrix(
      scratch.vocabularyLogits, rows: normed.rows, columns: architecture.vocab,
      stride: Self.logitStride(architecture.vocab))
    products.multiply(normed, parameters.matrix(layout.output).transposed, into: logits)
    return logits
  }

  private func finalNormForward(tokens: Int) {
    ck_rms_norm_forward(
      activations.leaving, parameters.base + layout.finalNorm.offset, scratch.normed,
      activations.finalScales, tokens, d, Self.epsilon)
  }

  private func eachChunk(of tokens: Int, _ body: (Int, Int) -> Void) {
    for start in stride(from: 0, to: tokens, by: Self.logitRows) {
      body(start, min(Self.logitRows, tokens - start))
    }
  }
}
