/// The base point of a family: what an axis leaves alone when it sweeps something else.
///
/// Width and depth are not here: they follow from the training FLOPs a token that the allocation
/// law asks for. A dense family uses A, `denseLayers` and the expert counts only for the width of
/// its SwiGLU, (E_a + E_s) · 2 · d_model / G.
public struct BaseShape: Hashable, Codable, Sendable {
  /// Routed activation ratio A = E_a / E.
  public var activation: Ratio
  /// Nominal granularity G = 2 · d_model / d_expert.
  public var granularity: Ratio
  /// E_a at that granularity.
  public var topK: Int
  /// E_s at that granularity.
  public var sharedExperts: Int
  /// Leading dense layers.
  public var denseLayers: Int
  public var depth: Depth
  /// d_model is a multiple of this even number.
  public var widthMultiple: Int
  /// The head width aimed at; the realised one is even and divides d_model.
  public var headDim: Int
  /// n_kv / n_h aimed at; the realised one divides the heads.
  public var kvRatio: Ratio
  /// What the attention share counts, for a sweep of it.
  public var attentionShareDefinition: AttentionShareDefinition

  public init(
    activation: Ratio = Ratio(1, 8), granularity: Ratio = Ratio(2), topK: Int = 2,
    sharedExperts: Int = 1, denseLayers: Int = 0, depth: Depth = .fixed(2),
    widthMultiple: Int = 4, headDim: Int = 16, kvRatio: Ratio = .one,
    attentionShareDefinition: AttentionShareDefinition = .projectionsAndScores
  ) {
    self.activation = activation
    self.granularity = granularity
    self.topK = topK
    self.sharedExperts = sharedExperts
    self.denseLayers = denseLayers
    self.depth = depth
    self.widthMultiple = widthMultiple
    self.headDim = headDim
    self.kvRatio = kvRatio
    self.attentionShareDefinition = attentionShareDefinition
  }

  /// S = E_s / (E_a + E_s).
  public var sharedRatio: Ratio { Ratio(sharedExperts, topK + sharedExperts) }
}
