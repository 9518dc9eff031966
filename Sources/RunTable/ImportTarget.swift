import Wire

/// What a column may be mapped to.
enum ImportTarget: Hashable, Sendable {
  case quantity(RunQuantity)
  case seed, family, name
  /// A JSON object in a cell: the point of a grid, and what else is kept, as an export writes them.
  case point, extra

  /// The column of the view `runs`.
  var name: String {
    switch self {
    case .quantity(let quantity): quantity.rawValue
    case .seed: "seed"
    case .family: "family"
    case .name: "name"
    case .point: "point"
    case .extra: "extra"
    }
  }

  static let all =
    RunQuantity.allCases.map(Self.quantity) + [.seed, .family, .name, .point, .extra]

  /// Other names that people use.
  private static let synonyms: [String: RunQuantity] = [
    "parameters": .parameters, "active_parameters": .activeParameters, "tokens": .tokens,
    "flops_per_token": .flopsPerToken, "flops": .flops, "E": .experts, "seconds": .seconds,
    "cpu_seconds": .cpuSeconds,
  ]

  /// Every name, for messages.
  static let names = all.map(\.name) + synonyms.keys.sorted()

  /// The target that `name` stands for.
  init?(_ name: String) {
    if let synonym = Self.synonyms[name] {
      self = .quantity(synonym)
    } else if let target = Self.all.first(where: { $0.name == name }) {
      self = target
    } else {
      return nil
    }
  }
}
