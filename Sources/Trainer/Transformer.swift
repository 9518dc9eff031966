import CKernels
import Experiment
import Foundation

/// A decoder-only transformer and its gradients on one thread, float32 but for what `products` read.
///
/// For each block: x += attention(norm(x)), x += feedForward(norm(x)), with RMSNorm, rotary position
/// embedding, grouped-query attention and SwiGLU or a mixture of SwiGLU experts. A batch is T tokens,
/// whole sequences one after the other; matrices are row-major, [tokens, width], and weights are
/// applied from the right. All memory is taken at the start.
final class Transformer {
  /// Tokens whose logits are computed together, so that they stay in cache between their products.
  static let logitRows = 64
  /// Numbers from one row of logits to the next: an odd count of cache lines. With the power of two
  /// that a vocabulary tends to be, a column of logits would share one cache set, and the products
  /// run at half their speed.
  static func logitStride(_ vocab: Int) -> Int { ((vocab + 15) / 16 | 1) * 16 }
  /// Added to the mean square in RMSNorm.
  static let epsilon: Float = 1e-5
  /// The longest wavelength of rotary embedding is 2π times this.
  static let ropeBase = 10_000.0

  let architecture: Architecture
  let router: RunSpec.Router
  /// Of all matrices but the router's and the routed experts', which stay float32.
  let products: Products
  let layout: ParameterLayout
  let parameters: FloatBuffer
  let gradients: FloatBuffer
  /// Added to the router's scores when it chooses, and to nothing else [MoE layers, E].
  let selectionBias: FloatBuffer
  /// Σ over the gradients of all experts' matrices, squared.
  var expertGradientSquares = 0.0
  /// Token-expert pairs of the last forward pass [MoE layers][E].
  private(set) var loads: [[Int]]

  let memory: FloatBuffer
  let activations: Activations
  /// Of the rotary embedding [s, head_dim/2].
  let cosines, sines: FloatBuffer

  /// - Parameter sequences: the most sequences that one batch may have.
  init(
    _ architecture: Architecture, router: RunSpec.Router, sequences: Int,
    products: Products = .float32
  ) {
    self.architecture = architecture
    self.router = router
    self.products = products
    layout = ParameterLayout(architecture)
    parameters = FloatBuffer(count: layout.count)
    gradients = FloatBuffer(count: layout.count)
    selectionBias = FloatBuffer(count: architecture.moeLayers * architecture.experts)
    loads = Array(
      repeating: Array(repeating: 0, count: architecture.experts), count: architecture.moeLayers)

    let tokens = sequences * architecture.seqLen
    var ruler = Arena(nil)
    _ = Activations(architecture, layout: layout, tokens: tokens, &ruler)
    memory = FloatBuffer(count: ruler.count)
    var arena = Arena(memory)
    activations = Activations(architecture, layout: layout, tokens: tokens, &arena)

    let half = architecture.headDim / 2
    cosines = FloatBuffer(count: architecture.seqLen * half)
    sines = FloatBuffer(count: architecture.seqLen * half)
    for position in 0..<architecture.seqLen {
      for pair in 0..<half {
        let angle = Double(position) * pow(Self.ropeBase, -Double(pair) / Double(half))
        cosines.base[position * half + pair] = Float(cos(angle))
        sines.base[position * half + pair] = Float(sin(angle))
      }
    }
  }

  var d: Int { architecture.dModel }
  var scratch: Scratch { activations.scratch }

  /// What a batch cost.
  struct Loss {
    /// Mean cross-entropy, nats a token.
    var crossEntropy: Double
    /// Balance and z-losses with their coefficients, summed over layers.
    var auxiliary: Double = 0
  }

  /// The losses of `batch` and, in `gradients`, the derivative of their sum in every parameter.
  func differentiate(_ batch: TokenBatch) -> Loss {
    clearSums()
    let auxiliary = forward(batch)
    let crossEntropy = outputForwardBackward(batch)
    backward(batch)
    return Loss(crossEntropy: crossEntropy, auxiliary: auxiliary)
  }

  /// Sets to zero what the backward pass adds to; it sets everything else.
  private func clearSums() {
    (gradients.base + layout.embedding.offset).update(repeating: 0, count: layout.embedding.count)
    let gains = layout.decayed.upperBound..<layout.count
    (gradients.base + gains.lowerBound).update(repeating: 0, count: gains.count)
    expertGradientSquares = 0
  }

  /// The Euclidean norm of all gradients. Those of the experts are most of them, and were squared
  /// while they were in cache.
  var gradientNorm: Double {
    var squares = expertGradientSquares
    for range in layout.outsideExperts {
      squares += ck_sum_of_squares(gradients.base + range.lowerBound, range.count)
    }
    return squares.squareRoot()
  }

  /// The losses of `batch` alone.
  func evaluate(_ batch: TokenBatch) -> Loss {
    let auxiliary = forward(batch)
    return Loss(crossEntropy: outputForward(batch), auxiliary: auxiliary)
  }

  /// Leaves the last block's output in `activations.leaving`; returns the auxiliary losses.
  func forward(_ batch: TokenBatch) -> Double {
    var auxiliary = 0.0
    ck_gather_rows(
      parameters.base + layout.embedding.offset, batch.inputs.baseAddress, entrance(0),
      batch.tokens, d)
    for (index, layer) in layout.layers.enumerated() {
      let activation = activations.layers[index]
      attentionForward(layer, activation, sequences: batch.sequences)
      let leaving = entrance(index + 1)
      switch layer.feedForward {
      case .dense(let tensors):
        denseForward(layer, tensors, activation, into: leaving, tokens: batch.tokens)
      case .mixture(let tensors):
        auxiliary += mixtureForward(
          layer, tensors, activation, into: leaving, tokens: batch.tokens)
      }
    }
    return auxiliary
  }

  /// From `scratch.dResidual`, the gradient of the last block's output.
  private func backward(_ batch: TokenBatch) {
    for index in layout.layers.indices.reversed() {
      let layer = layout.layers[index]
      let activation = activations.layers[index]
      switch layer.feedForward {
      case .dense(let tensors):
        denseBackward(layer, tensors, activation, tokens: batch.tokens)
      case .mixture(let tensors):
        mixtureBackward(layer, tensors, activation, tokens: batch.tokens)
      }
      attentionBackward(layer, activation, sequences: batch.sequences)
    }
    ck_scatter_add_rows(
      scratch.dResidual, batch.inputs.baseAddress, nil,
      gradients.base + layout.embedding.offset, batch.tokens, d)
  }

  /// Where the residual stream lies as it enters block `index`, or leaves the last one.
  private func entrance(_ index: Int) -> UnsafeMutablePointer<Float> {
    index < layout.layers.count ? activations.layers[index].entering : activations.leaving
  }

  /// Records how many tokens each expert of MoE layer `layer` got.
  func record(loads counts: (Int) -> Int, layer: Int) {
    for expert in 0..<architecture.experts { loads[layer][expert] = counts(expert) }
  }

  /// Moves each selection bias one step towards balance, after a training batch.
  func updateSelectionBias() {
    let step = Float(router.biasUpdate)
    guard step > 0 else { return }
    for (layer, counts) in loads.enumerated() {
      let total = counts.reduce(0, +)
      for (expert, count) in counts.enumerated() {
        let below = total - count * counts.count
        selectionBias.base[layer * counts.count + expert] += step * Float(below.signum())
      }
    }
  }
}
