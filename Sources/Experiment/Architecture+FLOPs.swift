/// What a count of floating-point operations includes. A multiply-add is two operations.
public enum FLOPConvention: String, Codable, Sendable, CaseIterable {
  /// True projections d²(4 + 4·n_kv/n_h), attention over the full square 4·s·d, feed-forward
  /// 6·d·width; no embedding, router, norm or logits. The count with which the tables of
  /// arXiv 2507.17702 are constant, and M everywhere in this project.
  case paper
  /// Eq. 14 of arXiv 2507.17702 as printed: projections d²(2 + 2·n_kv/n_h), half the true ones.
  case printed
  /// As `paper`, with the half of the attention square that a causal mask keeps.
  case causal
  /// As `paper`, with the routers, 2·d·E in every MoE layer.
  case withRouter = "with_router"
  /// As `paper`, with the output projection, 2·d·V.
  case withLogits = "with_logits"
  /// As `paper`, with routers and output projection.
  case complete
  /// Two operations a parameter of N_a forward, so that training costs 6·N_a (Kaplan 2020); no
  /// attention scores.
  case sixN = "six_n"
}

extension Architecture {
  /// Forward operations for each token.
  public func forwardFLOPsPerToken(_ convention: FLOPConvention = .paper) -> Int {
    let scores = attentionScoreFLOPs
    let paper = attentionProjectionFLOPs + scores + feedForwardFLOPs
    switch convention {
    case .paper: return paper
    case .printed: return paper - attentionProjectionFLOPs / 2
    case .causal: return paper - scores / 2
    case .withRouter: return paper + routerFLOPs
    case .withLogits: return paper + logitFLOPs
    case .complete: return paper + routerFLOPs + logitFLOPs
    case .sixN: return 2 * parameters.activeNonVocabulary
    }
  }

  /// Training operations for each token, M: three times the forward count.
  public func trainingFLOPsPerToken(_ convention: FLOPConvention = .paper) -> Int {
    3 * forwardFLOPsPerToken(convention)
  }

  /// Width of the feed-forward that one token runs in an MoE layer, (E_a + E_s) · d_expert.
  public var activatedWidth: Int { (topK + sharedExperts) * dExpert }

  /// Query, key, value and output projections of all layers, forward operations for each token.
  var attentionProjectionFLOPs: Int {
    layers * 4 * dModel * (dModel + kvHeads * headDim)
  }

  /// Scores and weighted values of all layers over the full square.
  var attentionScoreFLOPs: Int { layers * 4 * seqLen * dModel }

  /// Feed-forward blocks of all layers, activated experts only.
  var feedForwardFLOPs: Int {
    6 * dModel * (denseLayers * dFFN + moeLayers * activatedWidth)
  }

  private var routerFLOPs: Int { moeLayers * 2 * dModel * experts }
  private var logitFLOPs: Int { 2 * dModel * vocab }
}
