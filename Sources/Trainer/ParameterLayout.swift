import Experiment

/// The table of a model's parameters: every matrix first, then every gain, so that each of the two
/// is one range for the optimiser.
struct ParameterLayout {
  /// SwiGLU: `gate_up` [d, 2·width], gate first; `down` [width, d].
  struct SwiGLU {
    let gateUp: Tensor
    let down: Tensor
    /// Of each one in the stack.
    var width: Int { down.rows }
  }

  /// `router` [d, E]; the experts are stacks of E; the shared experts are one SwiGLU as wide as all.
  struct Mixture {
    let router: Tensor
    let experts: SwiGLU
    let shared: SwiGLU?
    /// Its number among the blocks that route, from 0.
    let index: Int
  }

  enum FeedForward {
    case dense(SwiGLU)
    case mixture(Mixture)
  }

  /// `queryKeyValue` [d, (heads + 2·kv_heads)·head_dim], queries first; `attentionOutput` [d, d].
  struct Layer {
    let attentionNorm: Tensor
    let queryKeyValue: Tensor
    let attentionOutput: Tensor
    let feedForwardNorm: Tensor
    let feedForward: FeedForward
  }

  /// [V, d].
  let embedding: Tensor
  let layers: [Layer]
  let finalNorm: Tensor
  /// [V, d].
  let output: Tensor
  /// All of them, in the order of the buffer.
  let tensors: [Tensor]
  /// The matrices: where weight decay applies.
  let decayed: Range<Int>
  let count: Int
  /// All but the experts' matrices, in as few ranges as there are.
  let outsideExperts: [Range<Int>]

  init(_ architecture: Architecture) {
    var builder = Builder()
    let d = architecture.dModel
    // Matrices take their places first; the gains of all layers follow them.
    embedding = builder.add("embedding", .embedding, rows: architecture.vocab, columns: d)
    let blocks = (0..<architecture.layers).map { layer in
      (
        builder.add(
          "\(layer).query_key_value", .weight, rows: d,
          columns: (architecture.heads + 2 * architecture.kvHeads) * architecture.headDim),
        builder.add("\(layer).attention_output", .weight, rows: d, columns: d),
        builder.feedForward(architecture, layer: layer)
      )
    }
    output = builder.add("output", .output, rows: architecture.vocab, columns: d)
    decayed = 0..<builder.count
    layers = blocks.enumerated().map { layer, block in
      Layer(
        attentionNorm: builder.add("\(layer).attention_norm", .gain, rows: 1, columns: d),
        queryKeyValue: block.0, attentionOutput: block.1,
        feedForwardNorm: builder.add("\(layer).feed_forward_norm", .gain, rows: 1, columns: d),
        feedForward: block.2)
    }
    finalNorm = builder.add("final_norm", .gain, rows: 1, columns: d)
    tensors = builder.tensors
    count = builder.count
    var outside: [Range<Int>] = []
    var start = 0
    for case .mixture(let mixture) in layers.map(\.feedForward) {
      outside.append(start..<mixture.experts.gateUp.offset)
      start = mixture.experts.down.range.upperBound
    }
    outsideExperts = outside + [start..<count]
  }
}

/// Places tensors one after the other.
private struct Builder {
  var tensors: [Tensor] = []
  var count = 0

  mutating func add(
    _ name: String, _ kind: Tensor.Kind, stack: Int = 1, rows: Int, columns: Int
  ) -> Tensor {
    let tensor = Tensor(
      name: name, kind: kind, stack: stack, rows: rows, columns: columns, offset: count)
    tensors.append(tensor)
    count += tensor.count
    return tensor
  }

  mutating func swiGLU(_ name: String, stack: Int = 1, d: Int, width: Int) -> ParameterLayout.SwiGLU
  {
    .init(
      gateUp: add("\(name).gate_up", .weight, stack: stack, rows: d, columns: 2 * width),
      down: add("\(name).down", .weight, stack: stack, rows: width, columns: d))
  }

  mutating func feedForward(
    _ architecture: Architecture, layer: Int
  ) -> ParameterLayout.FeedForward {
    let d = architecture.dModel
    if layer < architecture.denseLayers {
      return .dense(swiGLU("\(layer).dense", d: d, width: architecture.dFFN))
    }
    let sharedWidth = architecture.sharedExperts * architecture.dExpert
    return .mixture(
      .init(
        router: add("\(layer).router", .weight, rows: d, columns: architecture.experts),
        experts: swiGLU(
          "\(layer).experts", stack: architecture.experts, d: d, width: architecture.dExpert),
        shared: sharedWidth > 0 ? swiGLU("\(layer).shared", d: d, width: sharedWidth) : nil,
        index: layer - architecture.denseLayers))
  }
}
