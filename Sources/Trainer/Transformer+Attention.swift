import CKernels
import Experiment

/// x += concat_h(softmax(q_h·kᵀ/√head_dim + causal mask)·v)·W_o with q, k, v = rope(norm(x)·W_qkv).
///
/// Head h reads key and value head h·kv_heads/heads (grouped-query attention, arXiv 2305.13245).
extension Transformer {
  private var headDim: Int { architecture.headDim }
  private var kvWidth: Int { (architecture.heads + 2 * architecture.kvHeads) * headDim }

  func attentionForward(
    _ layer: ParameterLayout.Layer, _ activation: Activations.Layer, sequences: Int
  ) {
    let tokens = sequences * architecture.seqLen
    ck_rms_norm_forward(
      activation.entering, parameters.base + layer.attentionNorm.offset,
      activation.attentionNormed, activation.attentionScales, tokens, d, Self.epsilon)
    multiply(
      Matrix(activation.attentionNormed, rows: tokens, columns: d),
      parameters.matrix(layer.queryKeyValue),
      into: Matrix(activation.queryKeyValue, rows: tokens, columns: kvWidth))
    ck_rope(
      activation.queryKeyValue, cosines.base, sines.base, tokens,
      architecture.heads + architecture.kvHeads, headDim, kvWidth, architecture.seqLen, 1)
    for sequence in 0..<sequences {
      for head in 0..<architecture.heads {
        let view = HeadView(self, activation, sequence: sequence, head: head)
        for block in queryBlocks { headForward(view, block) }
      }
    }
    activation.middle.update(from: activation.entering, count: tokens * d)
    multiply(
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
    let dAttended = Matrix(scratch.dAttended, rows: tokens, columns: d)
    let dQueryKeyValue = Matrix(scratch.dQueryKeyValue, rows: tokens, columns: kvWidth)
    let dNormed = Matrix(scratch.dNormed, rows: tokens, columns: d)
    multiply(dResidual, parameters.matrix(layer.attentionOutput).transposed, into: dAttended)
    multiply(
      Matrix(activation.attended, rows: tokens, columns: d).transposed, dResidual,
      into: gradients.matrix(layer.attentionOutput))
    for sequence in 0..<sequences {
      for head in 0..<architecture.heads {
        let view = HeadView(self, activation, sequence: sequence, head: head)
        // The last block sees every key: it sets the gradients of keys and values, the others,
        // and the other heads of the group, add to them.
        for block in queryBlocks.reversed() {
          let isLast = block.upperBound == architecture.seqLen
          headBackward(view, block, accumulate: !(isLast && view.isFirstOfGroup))
        }
      }
    }
    ck_rope(
      scratch.dQueryKeyValue, cosines.base, sines.base, tokens,
      architecture.heads + architecture.kvHeads, headDim, kvWidth, architecture.seqLen, -1)
    multiply(dQueryKeyValue, parameters.matrix(layer.queryKeyValue).transposed, into: dNormed)
    multiply(
      Matrix(activation.attentionNormed, rows: tokens, columns: d).transposed, dQueryKeyValue,
      into: gradients.matrix(layer.queryKeyValue))
    ck_rms_norm_backward(
      activation.entering, parameters.base + layer.attentionNorm.offset,
      activation.attentionScales, scratch.dNormed, scratch.dResidual,
      gradients.base + layer.attentionNorm.offset, tokens, d)
  }

  private func headForward(_ view: HeadView, _ block: Range<Int>) {
    let probabilities = view.probabilities(block)
    multiply(
      view.queries(block), view.keys(block).transposed, into: probabilities, scale: view.scale)
    ck_causal_softmax_forward(
      probabilities.base, block.count, block.upperBound, probabilities.stride, block.lowerBound)
    multiply(probabilities, view.values(block), into: view.attended(block))
  }

  private func headBackward(_ view: HeadView, _ block: Range<Int>, accumulate: Bool) {
    let probabilities = view.probabilities(block)
    let dAttended = view.dAttended(block)
    let dScores = Matrix(scratch.dScores, rows: block.count, columns: block.upperBound)
    multiply(dAttended, view.values(block).transposed, into: dScores)
    multiply(
      probabilities.transposed, dAttended, into: view.dValues(block), accumulate: accumulate)
    ck_causal_softmax_backward(
      probabilities.base, dScores.base, block.count, block.upperBound, probabilities.stride,
      dScores.stride, view.scale)
    multiply(dScores, view.keys(block), into: view.dQueries(block))
    multiply(
      dScores.transposed, view.queries(block), into: view.dKeys(block), accumulate: accumulate)
  }
}

/// One head of one sequence: its parts of the buffers, by block of queries; s tokens, keys and values
/// up to the block's end.
private struct HeadView {
  let scale: Float
  let isFirstOfGroup: Bool
  private let seqLen, headDim, d, kvWidth: Int
  private let query, key, value: UnsafeMutablePointer<Float>
  private let dQuery, dKey, dValue: UnsafeMutablePointer<Float>
  private let probability, attended, dAttended: UnsafeMutablePointer<Float>

  init(_ model: Transformer, _ activation: Activations.Layer, sequence: Int, head: Int) {
    let shape = model.architecture
    seqLen = shape.seqLen
    headDim = shape.headDim
    d = shape.dModel
    kvWidth = (shape.heads + 2 * shape.kvHeads) * headDim
    scale = 1 / Float(headDim).squareRoot()
    let group = shape.heads / shape.kvHeads
    isFirstOfGroup = head % group == 0
    let rows = sequence * seqLen * kvWidth
    let queryStart = rows + head * headDim
    let keyStart = rows + (shape.heads + head / group) * headDim
    let valueStart = keyStart + shape.kvHeads * headDim
    query = activation.queryKeyValue + queryStart
    key = activation.queryKeyValue + keyStart
    value = activation.queryKeyValue + valueStart
    dQuery = model.scratch.dQueryKeyValue + queryStart
    dKey = model.scratch.dQueryKeyValue + keyStart
    dValue = model.scratch.dQueryKeyValue + valueStart
    probability = activation.probabilities + (sequence * shape.heads + head) * seqLen * seqLen
    attended = activation.attended + sequence * seqLen * d + head * headDim
    dAttended = model.scratch.dAttended + sequence * seqLen * d + head * headDim
  }

  func queries(_ block: Range<Int>) -> Matrix { rows(query, block) }
  func dQueries(_ block: Range<Int>) -> Matrix { rows(dQuery, block) }
  func keys(_ block: Range<Int>) -> Matrix { rows(key, 0..<block.upperBound) }
  func dKeys(_ block: Range<Int>) -> Matrix { rows(dKey, 0..<block.upperBound) }
  func values(_ block: Range<Int>) -> Matrix { rows(value, 0..<block.upperBound) }
  func dValues(_ block: Range<Int>) -> Matrix { rows(dValue, 0..<block.upperBound) }

  func attended(_ block: Range<Int>) -> Matrix {
    Matrix(attended + block.lowerBound * d, rows: block.count, columns: headDim, stride: d)
  }

  func dAttended(_ block: Range<Int>) -> Matrix {
    Matrix(dAttended + block.lowerBound * d, rows: block.count, columns: headDim, stride: d)
  }

  /// [block, keys up to its end].
  func probabilities(_ block: Range<Int>) -> Matrix {
    Matrix(
      probability + block.lowerBound * seqLen, rows: block.count, columns: block.upperBound,
      stride: seqLen)
  }

  private func rows(_ base: UnsafeMutablePointer<Float>, _ range: Range<Int>) -> Matrix {
    Matrix(base + range.lowerBound * kvWidth, rows: range.count, columns: headDim, stride: kvWidth)
  }
}
