import CKernels
import Experiment

/// Everything that the forward pass leaves for the backward pass, and the scratch of both. T tokens,
/// d the model's width.
struct Activations {
  /// A SwiGLU's: `activated` [rows, width], and its slopes in gate and up [rows, 2·width]. The backward
  /// pass puts the gradients of both in their places.
  struct SwiGLU {
    let slopes: UnsafeMutablePointer<Float>
    let activated: UnsafeMutablePointer<Float>

    init(_ arena: inout Arena, rows: Int, width: Int) {
      slopes = arena.take(rows * 2 * width)
      activated = arena.take(rows * width)
    }
  }

  /// Of a block that routes, P = T·top_k token-expert pairs.
  struct Mixture {
    /// logits, scores [T, E]; logSumExp [T]; weights [T, top_k].
    let logits, scores, logSumExp, weights: UnsafeMutablePointer<Float>
    /// Σ over tokens of the distribution that the balance loss sees [E].
    let probabilitySums: UnsafeMutablePointer<Float>
    /// The experts of each token, best first [T, top_k].
    let chosen: UnsafeMutablePointer<Int32>
    /// The pairs sorted by expert: the place of each pair [T, top_k], and the token at each place [P].
    let places, tokens: UnsafeMutablePointer<Int32>
    /// The first place of each expert [E + 1].
    let starts: UnsafeMutablePointer<Int32>
    /// The weight at each place [P].
    let placedWeights: UnsafeMutablePointer<Float>
    let experts: SwiGLU
    let shared: SwiGLU?
  }

  /// Of one block.
  struct Layer {
    /// The residual stream that enters the block, and after attention [T, d].
    let entering, middle: UnsafeMutablePointer<Float>
    /// The norms' scales [T].
    let attentionScales, feedForwardScales: UnsafeMutablePointer<Float>
    /// Rotated queries and keys, and values [T, (heads + 2·kv_heads)·head_dim].
    let queryKeyValue: UnsafeMutablePointer<Float>
    /// Attention weights before and what to multiply them with, as `ck_attention` has them.
    let attentionWeights, attentionInverses: UnsafeMutablePointer<Float>
    /// Heads side by side, before the output projection [T, d].
    let attended: UnsafeMutablePointer<Float>
    let dense: SwiGLU?
    let mixture: Mixture?
  }

  let layers: [Layer]
  /// The residual stream after the last block [T, d], and its norm's scales [T].
  let leaving, finalScales: UnsafeMutablePointer<Float>
  let scratch: Scratch

  init(_ architecture: Architecture, layout: ParameterLayout, tokens: Int, _ arena: inout Arena) {
    let d = architecture.dModel
    layers = layout.layers.map { Layer($0, architecture, tokens: tokens, &arena) }
    leaving = arena.take(tokens * d)
    finalScales = arena.take(tokens)
    scratch = Scratch(architecture, tokens: tokens, &arena)
  }
}

extension Activations.Layer {
  fileprivate init(
    _ layer: ParameterLayout.Layer, _ architecture: Architecture, tokens: Int, _ arena: inout Arena
  ) {
    let d = architecture.dModel
    entering = arena.take(tokens * d)
    middle = arena.take(tokens * d)
    attentionScales = arena.take(tokens)
    feedForwardScales = arena.take(tokens)
    queryKeyValue = arena.take(tokens * layer.queryKeyValue.columns)
    attentionWeights = arena.take(
      tokens / architecture.seqLen * architecture.heads
        * ck_attention_weights(architecture.seqLen))
    attentionInverses = arena.take(tokens * architecture.heads)
    attended = arena.take(tokens * d)
    switch layer.feedForward {
    case .dense(let swiGLU):
      dense = .init(&arena, rows: tokens, width: swiGLU.width)
      mixture = nil
    case .mixture(let tensors):
      dense = nil
      mixture = .init(tensors, architecture, tokens: tokens, &arena)
    }
  }
}

extension Activations.Mixture {
  fileprivate init(
    _ tensors: ParameterLayout.Mixture, _ architecture: Architecture, tokens count: Int,
    _ arena: inout Arena
  ) {
    let pairs = count * architecture.topK
    logits = arena.take(count * architecture.experts)
    scores = arena.take(count * architecture.experts)
    logSumExp = arena.take(count)
    weights = arena.take(pairs)
    probabilitySums = arena.take(architecture.experts)
    chosen = arena.takeIndices(pairs)
    places = arena.takeIndices(pairs)
    tokens = arena.takeIndices(pairs)
    starts = arena.takeIndices(architecture.experts + 1)
    placedWeights = arena.take(pairs)
    experts = .init(&arena, rows: pairs, width: tensors.experts.width)
    shared = tensors.shared.map { .init(&arena, rows: count, width: $0.width) }
  }
}

/// Memory that holds something only while one block is computed, shared by all blocks.
struct Scratch {
  /// A norm's output [T, d]: a block's backward pass computes it again from the residual stream.
  let normed: UnsafeMutablePointer<Float>
  /// The gradient of the residual stream, and of a norm's output [T, d].
  let dResidual, dNormed: UnsafeMutablePointer<Float>
  /// [T, (heads + 2·kv_heads)·head_dim].
  let dQueryKeyValue: UnsafeMutablePointer<Float>
  /// [T, d]: no longer needed when `dNormed`, in the same place, is.
  var dAttended: UnsafeMutablePointer<Float> { dNormed }
  /// Of `ck_attention_forward` and `ck_attention_backward`.
  let attention: UnsafeMutablePointer<Float>
  /// Of `ck_experts_forward` and `ck_experts_backward`.
  let experts: UnsafeMutablePointer<Float>
  /// [P], [T, top_k], [T, E], [E], and the scratch row of `ck_router_forward`.
  let dPlacedWeights, dWeights, dLogits, balance, row: UnsafeMutablePointer<Float>
  /// A chunk of rows of logits [chunk, V], `Transformer.logitStride` apart.
  let vocabularyLogits: UnsafeMutablePointer<Float>
  /// What `ck_cross_entropy` leaves to be multiplied [chunk].
  let logitScales: UnsafeMutablePointer<Float>

  fileprivate init(_ architecture: Architecture, tokens: Int, _ arena: inout Arena) {
    let d = architecture.dModel
    let pairs = tokens * architecture.topK
    normed = arena.take(tokens * d)
    dResidual = arena.take(tokens * d)
    dNormed = arena.take(tokens * d)
    dQueryKeyValue = arena.take(
      tokens * (architecture.heads + 2 * architecture.kvHeads) * architecture.headDim)
    attention = arena.take(ck_attention_scratch(architecture.seqLen, architecture.headDim))
    experts = arena.take(
      pairs == 0 ? 0 : Int(CK_EXPERT_ROWS) * (3 * d + 4 * architecture.dExpert))
    dPlacedWeights = arena.take(pairs)
    dWeights = arena.take(pairs)
    dLogits = arena.take(tokens * architecture.experts)
    balance = arena.take(architecture.experts)
    row = arena.take(architecture.experts + (architecture.experts + 15) / 16)
    vocabularyLogits = arena.take(
      Transformer.logitRows * Transformer.logitStride(architecture.vocab))
    logitScales = arena.take(Transformer.logitRows)
  }
}
