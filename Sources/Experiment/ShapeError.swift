/// Why no integer architecture realises a point.
public enum ShapeError: Error, Hashable, Sendable {
  /// The axis cannot take this value here; `nearest` is the closest one that it can.
  case impossible(axis: Axis, value: Ratio, reason: Reason, nearest: Ratio?)
  /// No shape of the family comes within 2 % of the training FLOPs a token; `nearest` is the
  /// closest M found.
  case outOfReach(target: Double, nearest: Int?)

  public enum Reason: Hashable, Sendable {
    /// E_a / A is not a whole number of experts, or fewer than E_a.
    case fractionalExperts(topK: Int)
    /// E would exceed 65,536.
    case tooManyExperts(topK: Int)
    /// E_a and E_s do not scale to whole numbers.
    case fractionalActivated(topK: Int, sharedExperts: Int, base: Ratio)
    /// d_expert would be less than one.
    case expertTooNarrow(dExpert: Int)
    /// S · (E_a + E_s) is not whole.
    case fractionalShared(activated: Int)
    /// More experts would have to run than there are.
    case notEnoughExperts(experts: Int, activated: Int)
    /// At least one layer has to route.
    case noMoELayer(layers: Int)
    /// The share of the layers is not a whole number of them.
    case fractionalLayers(layers: Int)
    /// No width with these layers and heads has this attention share at this M.
    case shareOutOfReach(layers: Int, heads: Int)
  }
}

extension ShapeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .impossible(let axis, let value, let reason, let nearest):
      "\(axis.rawValue) = \(value) is impossible: \(reason)"
        + (nearest.map { "; the nearest possible is \(axis.rawValue) = \($0)" } ?? "")
    case .outOfReach(let target, let nearest):
      "no shape comes within 2 % of M = \(Int(target.rounded())) FLOPs a token"
        + (nearest.map { "; the nearest possible is M = \($0)" } ?? "")
        + "; change the budget or the allocation, or lower width_multiple, layers or seq_len"
    }
  }
}

extension ShapeError.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fractionalExperts(let topK):
      "E = E_a / A must be a whole number, at least E_a = \(topK)"
    case .tooManyExperts(let topK):
      "with E_a = \(topK) it asks for more than \(ShapeSolver.mostExperts) experts"
    case .fractionalActivated(let topK, let sharedExperts, let base):
      "E_a = \(topK) and E_s = \(sharedExperts) at G = \(base) do not scale to whole numbers"
    case .expertTooNarrow(let dExpert):
      "d_expert is \(dExpert) at the base and would fall below 1"
    case .fractionalShared(let activated):
      "E_s = S · \(activated) must be a whole number that leaves a routed expert"
    case .notEnoughExperts(let experts, let activated):
      "it leaves more routed experts to run than there are (E = \(experts), E_a + E_s = "
        + "\(activated))"
    case .noMoELayer(let layers):
      "of \(layers) layers at least one must route"
    case .fractionalLayers(let layers):
      "it is not a whole number of the \(layers) layers"
    case .shareOutOfReach(let layers, let heads):
      "no d_model with \(layers) layers and \(heads) heads has it at this M"
    }
  }
}
