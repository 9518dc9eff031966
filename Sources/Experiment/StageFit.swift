/// Laws that are fitted to a grid's own runs once all of them have ended.
public enum StageFit: String, Hashable, Codable, Sendable, CaseIterable {
  /// η(C) and B(C) of each family, from the runs near the best of each budget (arXiv 2507.17702,
  /// §2.2). Needs the axes `learning_rate` and `batch`.
  case hyperparameters
  /// M_opt(C) of each family, from the sizes tried at each budget (§2.3). Needs the axis `scale`.
  case allocation
  /// Leverage against A, G and C together (Eq. 13), from every run of the study.
  case leverage

  /// The settings that a later grid can take from it.
  public var quantities: [SettingQuantity] {
    switch self {
    case .hyperparameters: [.learningRate, .batchTokens]
    case .allocation: [.modelFLOPs]
    case .leverage: []
    }
  }

  /// The axes that a family must sweep for it.
  public var axes: [Axis] {
    switch self {
    case .hyperparameters: [.learningRate, .batch]
    case .allocation: [.scale]
    case .leverage: []
    }
  }
}

extension SettingQuantity {
  /// The name under which a law of this quantity is stored for a family.
  public func lawName(family: String) -> String { "\(rawValue)/\(family)" }
}
