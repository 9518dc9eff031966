import Experiment

/// The laws that one paper prints: coefficients of forms, and the ranges that they were fitted on.
public struct PublishedLaw: Sendable {
  /// Which family of models a law was fitted on.
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    case dense
    case moe
  }

  /// One set of coefficients and the form that they belong to.
  public struct Entry: Sendable {
    public var form: any NamedLawForm
    public var coefficients: PublishedCoefficients
  }

  /// The name that a grid uses, such as `ling-2507.17702`.
  public var name: String
  public var entries: [Entry]

  public var arXiv: String { entries[0].coefficients.arXiv }

  /// What the paper leaves open and how it is read here, each said once.
  public var conventions: [String] { entries.flatMap(\.coefficients.conventions).uniqued() }
}

extension PublishedLaw {
  /// What a grid takes from a power law of C.
  public enum Quantity: String, Hashable, Codable, Sendable, CaseIterable {
    /// Peak learning rate η.
    case learningRate = "learning_rate"
    /// Batch size B, tokens.
    case batchTokens = "batch_tokens"
    /// M_opt, training FLOPs per token (3 × forward, without embedding and logits).
    case flopsPerToken = "flops_per_token"
    /// D_opt, tokens.
    case trainingTokens = "training_tokens"

    /// The form that gives it.
    public var form: PowerProductForm {
      switch self {
      case .learningRate: .learningRateByCompute
      case .batchTokens: .batchByCompute
      case .flopsPerToken: .flopsByCompute
      case .trainingTokens: .tokensByCompute
      }
    }

    /// The papers' letter.
    public var symbol: String {
      switch self {
      case .learningRate: "η"
      case .batchTokens: "B"
      case .flopsPerToken: "M_opt"
      case .trainingTokens: "D_opt"
      }
    }

    /// The unit of the law's value.
    public var unit: String { form.quantity.unit }
  }

  /// The power law of C for a quantity and kind with its source, or nil when the paper prints none.
  public func law(_ quantity: Quantity, for kind: Kind) -> SourcedLaw? {
    let form = quantity.form.name
    return entries.first { $0.form.name == form && $0.coefficients.variant == kind.rawValue }
      .map(\.coefficients)
      .map {
        SourcedLaw(
          law: PowerLaw(a: $0.values[0], b: $0.values[1]),
          source: LawSource(
            name: name, arXiv: $0.arXiv, equation: $0.place, kind: kind, quantity: quantity,
            range: $0.ranges[LawVariable.compute.name]))
      }
  }
}
