public import Experiment

/// An architecture as the `config.json` of Hugging Face Transformers.
///
/// An MoE model is a `dots1`: grouped-query attention, leading dense layers, routed and shared
/// experts, all under DeepSeek's names. A dense one is a `llama`.
public struct HuggingFaceConfig: Hashable, Sendable {
  public var architecture: Architecture

  public init(_ architecture: Architecture) {
    self.architecture = architecture
  }
}

extension HuggingFaceConfig: Encodable {
  private enum CodingKeys: String, CodingKey {
    case architectures
    case modelType = "model_type"
    case vocabSize = "vocab_size"
    case hiddenSize = "hidden_size"
    case intermediateSize = "intermediate_size"
    case layers = "num_hidden_layers"
    case heads = "num_attention_heads"
    case kvHeads = "num_key_value_heads"
    case headDim = "head_dim"
    case positions = "max_position_embeddings"
    case activation = "hidden_act"
    case attentionBias = "attention_bias"
    case tiedEmbeddings = "tie_word_embeddings"
    case dExpert = "moe_intermediate_size"
    case experts = "n_routed_experts"
    case sharedExperts = "n_shared_experts"
    case topK = "num_experts_per_tok"
    case denseLayers = "first_k_dense_replace"
    case groups = "n_group"
    case chosenGroups = "topk_group"
    case renormalises = "norm_topk_prob"
    case slidingWindow = "sliding_window"
  }

  public func encode(to encoder: any Encoder) throws {
    var config = encoder.container(keyedBy: CodingKeys.self)
    let shape = architecture
    try config.encode(
      [shape.isDense ? "LlamaForCausalLM" : "Dots1ForCausalLM"], forKey: .architectures)
    try config.encode(shape.isDense ? "llama" : "dots1", forKey: .modelType)
    try config.encode(shape.vocab, forKey: .vocabSize)
    try config.encode(shape.dModel, forKey: .hiddenSize)
    // A model without dense layers has no use for the width, but Transformers wants a number.
    try config.encode(
      shape.dFFN > 0 ? shape.dFFN : shape.activatedWidth, forKey: .intermediateSize)
    try config.encode(shape.layers, forKey: .layers)
    try config.encode(shape.heads, forKey: .heads)
    try config.encode(shape.kvHeads, forKey: .kvHeads)
    try config.encode(shape.headDim, forKey: .headDim)
    try config.encode(shape.seqLen, forKey: .positions)
    try config.encode("silu", forKey: .activation)
    try config.encode(false, forKey: .attentionBias)
    try config.encode(false, forKey: .tiedEmbeddings)
    guard !shape.isDense else { return }
    try config.encode(shape.dExpert, forKey: .dExpert)
    try config.encode(shape.experts, forKey: .experts)
    try config.encode(shape.sharedExperts, forKey: .sharedExperts)
    try config.encode(shape.topK, forKey: .topK)
    try config.encode(shape.denseLayers, forKey: .denseLayers)
    try config.encode(1, forKey: .groups)
    try config.encode(1, forKey: .chosenGroups)
    try config.encode(true, forKey: .renormalises)
    try config.encodeNil(forKey: .slidingWindow)
  }
}
