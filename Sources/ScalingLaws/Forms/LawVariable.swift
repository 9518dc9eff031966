/// A quantity that laws relate: its letter, what it means, its unit and where it may lie.
public struct LawVariable: Hashable, Codable, Sendable {
  /// Where a quantity may lie.
  public enum Domain: String, Hashable, Codable, Sendable {
    /// x > 0.
    case positive = "above 0"
    /// 0 < x ≤ 1.
    case ratio = "above 0, at most 1"
    /// 0 ≤ x < 1.
    case share = "from 0 to below 1"
    /// x ≥ 1.
    case count = "at least 1"
    /// x > 1.
    case aboveOne = "above 1"

    func contains(_ x: Double) -> Bool {
      guard x.isFinite else { return false }
      return switch self {
      case .positive: x > 0
      case .ratio: x > 0 && x <= 1
      case .share: x >= 0 && x < 1
      case .count: x >= 1
      case .aboveOne: x > 1
      }
    }
  }

  /// The letter in formulas, on the command line and in tables.
  public var name: String
  public var meaning: String
  public var unit: String
  public var domain: Domain

  public init(_ name: String, _ meaning: String, unit: String, domain: Domain = .positive) {
    self.name = name
    self.meaning = meaning
    self.unit = unit
    self.domain = domain
  }

  /// - Throws: `outsideDomain`.
  func validate(_ value: Double) throws(ScalingLawsError) {
    guard domain.contains(value) else {
      throw .outsideDomain(quantity: name, value: value, domain: domain.rawValue)
    }
  }
}

extension LawVariable {
  public static let loss = LawVariable("L", "loss", unit: "nats per token")
  public static let leverage = LawVariable("EL", "efficiency leverage C_dense / C", unit: "1")
  public static let learningRate = LawVariable("lr", "peak learning rate η", unit: "1")
  public static let batchTokens = LawVariable("B", "batch size", unit: "tokens")
  public static let compute = LawVariable("C", "training compute M·D", unit: "FLOPs")
  public static let flopsPerToken = LawVariable(
    "M", "training FLOPs per token, 3 × forward, without embedding and logits",
    unit: "FLOPs per token")
  public static let tokens = LawVariable("D", "training tokens", unit: "tokens")
  public static let parameterCount = LawVariable(
    "N", "parameters without the vocabulary", unit: "parameters")
  public static let activeParameters = LawVariable(
    "N_active", "parameters that one token uses", unit: "parameters")
  public static let activeBodyParameters = LawVariable(
    "N_body", "parameters that one token uses, without embeddings", unit: "parameters")
  public static let experts = LawVariable("E", "experts", unit: "experts", domain: .count)
  public static let activationRatio = LawVariable(
    "A", "activation ratio E_a / E of routed experts", unit: "1", domain: .ratio)
  public static let granularity = LawVariable("G", "granularity 2·d_model / d_expert", unit: "1")
  public static let sharedRatio = LawVariable(
    "S", "shared ratio E_s / (E_a + E_s)", unit: "1", domain: .share)
  public static let uniqueTokens = LawVariable(
    "U", "unique tokens in the training data", unit: "tokens")
}
