/// Why an architecture cannot be built.
public enum ArchitectureError: Error, Hashable, Sendable {
  /// A count that must be positive is not.
  case notPositive(field: String, value: Int)
  /// A count that may be zero is negative.
  case negative(field: String, value: Int)
  /// `heads` does not divide `d_model`.
  case headsDoNotDivideWidth(heads: Int, dModel: Int)
  /// Rotary position embedding turns pairs: the head width must be even.
  case oddHeadWidth(headDim: Int)
  /// `kv_heads` does not divide `heads`.
  case kvHeadsDoNotDivideHeads(kvHeads: Int, heads: Int)
  /// More leading dense layers than layers.
  case tooManyDenseLayers(denseLayers: Int, layers: Int)
  /// There are dense layers, but their feed-forward has no width.
  case denseLayersWithoutWidth(denseLayers: Int)
  /// A dense feed-forward width without a dense layer to use it.
  case widthWithoutDenseLayers(dFFN: Int)
  /// A model without experts has expert settings, or layers that would route.
  case expertSettingsWithoutExperts
  /// A model with experts has no layer that routes.
  case expertsWithoutMoELayers(experts: Int)
  /// More experts chosen than there are.
  case topKExceedsExperts(topK: Int, experts: Int)
}

extension Architecture {
  /// Checks that the counts describe one buildable transformer.
  ///
  /// Throws `ArchitectureError`, the first fault in the order of its cases.
  public func validate() throws(ArchitectureError) {
    for (field, value) in [
      ("layers", layers), ("d_model", dModel), ("heads", heads), ("kv_heads", kvHeads),
      ("vocab", vocab), ("seq_len", seqLen),
    ] where value < 1 {
      throw .notPositive(field: field, value: value)
    }
    for (field, value) in [
      ("d_ffn", dFFN), ("d_expert", dExpert), ("experts", experts), ("top_k", topK),
      ("shared_experts", sharedExperts), ("dense_layers", denseLayers),
    ] where value < 0 {
      throw .negative(field: field, value: value)
    }
    guard dModel.isMultiple(of: heads) else {
      throw .headsDoNotDivideWidth(heads: heads, dModel: dModel)
    }
    guard headDim.isMultiple(of: 2) else { throw .oddHeadWidth(headDim: headDim) }
    guard heads.isMultiple(of: kvHeads) else {
      throw .kvHeadsDoNotDivideHeads(kvHeads: kvHeads, heads: heads)
    }
    guard denseLayers <= layers else {
      throw .tooManyDenseLayers(denseLayers: denseLayers, layers: layers)
    }
    guard denseLayers == 0 || dFFN > 0 else {
      throw .denseLayersWithoutWidth(denseLayers: denseLayers)
    }
    guard denseLayers > 0 || dFFN == 0 else { throw .widthWithoutDenseLayers(dFFN: dFFN) }
    try validateExperts()
  }

  private func validateExperts() throws(ArchitectureError) {
    guard experts > 0 else {
      guard dExpert == 0, topK == 0, sharedExperts == 0, denseLayers == layers else {
        throw .expertSettingsWithoutExperts
      }
      return
    }
    guard moeLayers > 0 else { throw .expertsWithoutMoELayers(experts: experts) }
    guard dExpert > 0 else { throw .notPositive(field: "d_expert", value: dExpert) }
    guard topK > 0 else { throw .notPositive(field: "top_k", value: topK) }
    guard topK <= experts else { throw .topKExceedsExperts(topK: topK, experts: experts) }
  }
}

extension ArchitectureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notPositive(let field, let value):
      "\(field) is \(value); it must be at least 1"
    case .negative(let field, let value):
      "\(field) is \(value); it must be at least 0"
    case .headsDoNotDivideWidth(let heads, let dModel):
      "heads \(heads) does not divide d_model \(dModel); choose a divisor"
    case .oddHeadWidth(let headDim):
      "the head width d_model / heads is \(headDim), which is odd; rotary embedding needs it even"
    case .kvHeadsDoNotDivideHeads(let kvHeads, let heads):
      "kv_heads \(kvHeads) does not divide heads \(heads); choose a divisor"
    case .tooManyDenseLayers(let denseLayers, let layers):
      "dense_layers \(denseLayers) exceeds layers \(layers)"
    case .denseLayersWithoutWidth(let denseLayers):
      "d_ffn is 0 but dense_layers is \(denseLayers); give the dense layers a width"
    case .widthWithoutDenseLayers(let dFFN):
      "d_ffn is \(dFFN) but dense_layers is 0; set d_ffn to 0"
    case .expertSettingsWithoutExperts:
      "experts is 0: d_expert, top_k and shared_experts must be 0 and dense_layers equal layers"
    case .expertsWithoutMoELayers(let experts):
      "experts is \(experts) but every layer is dense; lower dense_layers, or set experts to 0"
    case .topKExceedsExperts(let topK, let experts):
      "top_k \(topK) exceeds experts \(experts)"
    }
  }
}
