/// Parameters of an architecture, by group.
public struct ParameterCounts: Hashable, Codable, Sendable {
  /// Token embedding, V · d_model.
  public var embedding: Int
  /// Output projection to the vocabulary, V · d_model.
  public var head: Int
  /// Query, key, value and output projections of every layer.
  public var attention: Int
  /// SwiGLU matrices of the dense layers.
  public var denseFFN: Int
  /// All routable experts of every MoE layer.
  public var routedExperts: Int
  /// The routable experts that one token runs, E_a of them in every MoE layer.
  public var activeRoutedExperts: Int
  /// The experts that always run.
  public var sharedExperts: Int
  /// Router matrices, E · d_model in every MoE layer.
  public var router: Int
  /// Gains of the RMSNorms: two in each layer and the final one.
  public var norms: Int

  /// Every parameter.
  public var total: Int { totalNonVocabulary + vocabulary }
  /// The parameters that one token meets, both vocabulary matrices in full among them.
  public var active: Int { activeNonVocabulary + vocabulary }
  /// N: everything but embedding and output projection.
  public var totalNonVocabulary: Int { totalBackbone + router + norms }
  /// N_a: the part of N that one token runs.
  public var activeNonVocabulary: Int { activeBackbone + router + norms }
  /// The matrices of attention and feed-forward alone, which is how arXiv 2507.17702 counts N:
  /// neither routers nor norms.
  public var totalBackbone: Int { attention + denseFFN + routedExperts + sharedExperts }
  /// The part of `totalBackbone` that one token runs.
  public var activeBackbone: Int { attention + denseFFN + activeRoutedExperts + sharedExperts }
  /// Embedding and output projection.
  public var vocabulary: Int { embedding + head }
}

extension Architecture {
  /// The exact parameter counts. No matrix has a bias.
  public var parameters: ParameterCounts {
    let expert = 3 * dModel * dExpert
    return ParameterCounts(
      embedding: vocab * dModel,
      head: vocab * dModel,
      attention: layers * (2 * dModel * dModel + 2 * dModel * kvHeads * headDim),
      denseFFN: denseLayers * 3 * dModel * dFFN,
      routedExperts: moeLayers * experts * expert,
      activeRoutedExperts: moeLayers * topK * expert,
      sharedExperts: moeLayers * sharedExperts * expert,
      router: moeLayers * experts * dModel,
      norms: (2 * layers + 1) * dModel)
  }
}
