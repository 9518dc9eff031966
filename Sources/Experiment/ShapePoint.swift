/// Where a shape departs from its family's base; nil is the base's own value.
public struct ShapePoint: Hashable, Sendable {
  /// A = E_a / E. Holds E_a, E_s, d_expert; E floats.
  public var activation: Ratio?
  /// G. E, E_a and E_s scale with it and d_expert against it, so that A, S and the activated width
  /// hold.
  public var granularity: Ratio?
  /// S. Holds E and E_a + E_s; E_a and E_s float, and with them the routed A.
  public var sharedRatio: Ratio?
  /// Leading dense layers: a whole number is a count, a fraction below one a share of the layers.
  /// Holds everything else; d_ffn is the activated width.
  public var denseLayers: Ratio?
  /// Attention's share of the forward FLOPs. Holds layers, heads, E, E_a, E_s; d_model and d_expert
  /// float, and G with them.
  public var attentionShare: Ratio?

  public init(
    activation: Ratio? = nil, granularity: Ratio? = nil, sharedRatio: Ratio? = nil,
    denseLayers: Ratio? = nil, attentionShare: Ratio? = nil
  ) {
    self.activation = activation
    self.granularity = granularity
    self.sharedRatio = sharedRatio
    self.denseLayers = denseLayers
    self.attentionShare = attentionShare
  }
}
