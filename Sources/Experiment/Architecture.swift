/// The shape of one decoder-only transformer, dense or mixture-of-experts.
///
/// Every layer is attention followed by a feed-forward block; the first `denseLayers` blocks are a
/// plain SwiGLU of width `dFFN`, the others are MoE blocks of `experts` routable experts of width
/// `dExpert`, of which `topK` run for each token, beside `sharedExperts` of the same width that
/// always run. A dense model has no experts and `denseLayers == layers`.
public struct Architecture: Hashable, Sendable {
  /// Transformer blocks, L.
  public var layers: Int
  /// Width of the residual stream, d_model.
  public var dModel: Int
  /// Query heads, n_h; the head width is `dModel / heads`.
  public var heads: Int
  /// Key and value heads, n_kv (grouped-query attention); divides `heads`.
  public var kvHeads: Int
  /// Width of the SwiGLU in dense blocks, d_ffn; 0 when there is no dense block.
  public var dFFN: Int
  /// Width of one expert, d_expert; 0 for a dense model.
  public var dExpert: Int
  /// Routable experts E; 0 for a dense model.
  public var experts: Int
  /// Routable experts that run for each token, E_a.
  public var topK: Int
  /// Experts that run for every token, E_s.
  public var sharedExperts: Int
  /// Leading blocks whose feed-forward is dense.
  public var denseLayers: Int
  /// Tokens in the vocabulary, V. Embedding and output projection are separate matrices.
  public var vocab: Int
  /// Tokens in one training sequence, s.
  public var seqLen: Int

  public init(
    layers: Int, dModel: Int, heads: Int, kvHeads: Int, dFFN: Int, dExpert: Int, experts: Int,
    topK: Int, sharedExperts: Int, denseLayers: Int, vocab: Int, seqLen: Int
  ) {
    self.layers = layers
    self.dModel = dModel
    self.heads = heads
    self.kvHeads = kvHeads
    self.dFFN = dFFN
    self.dExpert = dExpert
    self.experts = experts
    self.topK = topK
    self.sharedExperts = sharedExperts
    self.denseLayers = denseLayers
    self.vocab = vocab
    self.seqLen = seqLen
  }

  /// Whether no block routes.
  public var isDense: Bool { experts == 0 }
  /// Width of one attention head.
  public var headDim: Int { dModel / heads }
  /// Blocks that route.
  public var moeLayers: Int { layers - denseLayers }
}

extension Architecture: Codable {
  private enum CodingKeys: String, CodingKey {
    case layers
    case dModel = "d_model"
    case heads
    case kvHeads = "kv_heads"
    case dFFN = "d_ffn"
    case dExpert = "d_expert"
    case experts
    case topK = "top_k"
    case sharedExperts = "shared_experts"
    case denseLayers = "dense_layers"
    case vocab
    case seqLen = "seq_len"
  }
}
