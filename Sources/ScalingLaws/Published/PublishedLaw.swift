public import Experiment

/// The laws that one paper prints, with their coefficients and the range that they were fitted on.
public struct PublishedLaw: Hashable, Sendable {
  /// Which family of models a law was fitted on.
  public enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    case dense
    case moe
  }

  /// What a law of C gives.
  public enum Quantity: String, Hashable, Codable, Sendable, CaseIterable {
    /// Peak learning rate η.
    case learningRate = "learning_rate"
    /// Batch size B, tokens.
    case batchTokens = "batch_tokens"
    /// M_opt, training FLOPs per token (3 × forward, without embedding and logits).
    case flopsPerToken = "flops_per_token"
    /// D_opt, tokens.
    case trainingTokens = "training_tokens"

    /// The paper's letter.
    public var symbol: String {
      switch self {
      case .learningRate: "η"
      case .batchTokens: "B"
      case .flopsPerToken: "M_opt"
      case .trainingTokens: "D_opt"
      }
    }

    /// The unit of the law's value.
    public var unit: String {
      switch self {
      case .learningRate: "1"
      case .batchTokens, .trainingTokens: "tokens"
      case .flopsPerToken: "FLOPs per token"
      }
    }
  }

  /// One power law of C as printed.
  public struct Entry: Hashable, Sendable {
    public var kind: Kind
    public var quantity: Quantity
    /// C in FLOPs; the value in `quantity.unit`.
    public var law: PowerLaw
    /// Where in the paper, such as "Eq. 3".
    public var equation: String
    /// The budgets, FLOPs, that it was fitted on.
    public var range: FittedRange
  }

  /// The name that a grid uses, such as `ling-2507.17702`.
  public var name: String
  public var arXiv: String
  public var title: String
  public var entries: [Entry]
  /// The joint law of efficiency leverage, where the paper has one.
  public var leverage: JointLeverageLaw?
  /// What the paper leaves open and how it is read here.
  public var conventions: [String]
}

/// A law of C together with where it comes from.
public struct SourcedLaw: Hashable, Codable, Sendable {
  /// C in FLOPs → the source's quantity in its unit.
  public var law: PowerLaw
  public var source: LawSource

  public init(law: PowerLaw, source: LawSource) {
    self.law = law
    self.source = source
  }

  /// The law at `compute` FLOPs.
  public func callAsFunction(_ compute: Double) -> Double { law(compute) }

  /// One line for a run's record: the law, its source, and whether `compute` is extrapolated.
  public func provenance(at compute: Double) -> String {
    "\(source.quantity.symbol) = \(law.a)·C^\(law.b), " + source.provenance(at: compute)
  }
}

/// Where a law comes from, and where it may be trusted.
public struct LawSource: Hashable, Codable, Sendable {
  public var name: String
  public var arXiv: String
  public var equation: String
  public var kind: PublishedLaw.Kind
  public var quantity: PublishedLaw.Quantity
  /// The budgets, FLOPs, that the law was fitted on.
  public var range: FittedRange

  /// Whether a budget lies outside the fitted range.
  public func isExtrapolated(at compute: Double) -> Bool { !range.contains(compute) }

  /// Name, equation and, outside the fitted range, a plain statement of that.
  public func provenance(at compute: Double) -> String {
    let place = "\(name) \(equation) (\(kind.rawValue))"
    guard isExtrapolated(at: compute) else { return place }
    return "\(place), extrapolated to C = \(compute): fitted on \(range.lower) to \(range.upper)"
  }
}
