/// What the activation ratio A counts (arXiv 2507.17702 uses all three).
public enum ActivationConvention: String, Codable, Sendable, CaseIterable {
  /// E_a / E, shared experts left out: what the paper's leverage law was fitted with.
  case routed
  /// (E_a + E_s) / (E + E_s), the paper's definition.
  case formula
  /// (E_a + E_s) / E, as in the paper's hyperparameter section.
  case plusOverE = "plus_over_e"
}

/// What counts as attention in the attention FLOP share. Both are over the forward count in the
/// `paper` convention.
public enum AttentionShareDefinition: String, Codable, Sendable, CaseIterable {
  /// Projections and scores.
  case projectionsAndScores = "projections_and_scores"
  /// Projections only, closest to the share that the paper's figures show.
  case projections
}

extension Architecture {
  /// Activation ratio A; 1 for a dense model.
  public func activationRatio(_ convention: ActivationConvention = .routed) -> Ratio {
    guard !isDense else { return .one }
    switch convention {
    case .routed: return Ratio(topK, experts)
    case .formula: return Ratio(topK + sharedExperts, experts + sharedExperts)
    case .plusOverE: return Ratio(topK + sharedExperts, experts)
    }
  }

  /// Granularity G = 2 · d_model / d_expert; nil for a dense model.
  public var granularity: Ratio? {
    isDense || dExpert == 0 ? nil : Ratio(2 * dModel, dExpert)
  }

  /// Shared ratio S = E_s / (E_a + E_s); 0 for a dense model.
  public var sharedRatio: Ratio {
    isDense ? Ratio(0) : Ratio(sharedExperts, topK + sharedExperts)
  }

  /// The share of layers whose feed-forward is dense; 1 for a dense model.
  public var denseLayerRatio: Ratio { Ratio(denseLayers, layers) }

  /// Attention's share of the forward operations.
  public func attentionShare(
    _ definition: AttentionShareDefinition = .projectionsAndScores
  ) -> Ratio {
    let scores = definition == .projections ? 0 : attentionScoreFLOPs
    return Ratio(attentionProjectionFLOPs + scores, forwardFLOPsPerToken())
  }
}

extension Architecture: CustomStringConvertible {
  /// The shape in one word a part: `2L d64 h4/2 e128 8of256+1 1xf1152` is two layers of width 64,
  /// 4 query and 2 key-value heads, 256 experts of width 128 of which 8 run beside one shared one,
  /// and one leading dense layer of width 1152.
  public var description: String {
    let trunk = "\(layers)L d\(dModel) h\(heads)/\(kvHeads)"
    guard !isDense else { return trunk + " f\(dFFN)" }
    let experts = " e\(dExpert) \(topK)of\(experts)+\(sharedExperts)"
    return trunk + experts + (denseLayers > 0 ? " \(denseLayers)xf\(dFFN)" : "")
  }
}
