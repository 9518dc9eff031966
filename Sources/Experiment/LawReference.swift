/// What a law gives to a run.
public enum SettingQuantity: String, Hashable, Codable, Sendable, CaseIterable {
  /// M_opt, training FLOPs a token in the `paper` convention.
  case modelFLOPs = "M"
  /// Peak learning rate η.
  case learningRate = "learning_rate"
  /// Batch B in tokens.
  case batchTokens = "batch_tokens"
}

/// A law by name, as a grid's file names it.
public enum LawReference: Hashable, Codable, Sendable {
  /// A law from the literature.
  case published(name: String)
  /// A law fitted from this registry's own runs; a nil revision is the latest one.
  case fitted(name: String, revision: String?)
  /// A law of this registry by its number, or one that was fitted with it.
  case stored(id: Int64)
  /// The newest law of this registry for the quantity and family that ask.
  case latest
}

extension LawReference: CustomStringConvertible {
  public var description: String {
    switch self {
    case .published(let name): name
    case .fitted(let name, let revision): "\(name)@\(revision ?? "latest")"
    case .stored(let id): "\(id)"
    case .latest: "latest"
    }
  }
}

/// One law that a grid needs before it can be expanded: which, for what, and for whom.
public struct LawRequest: Hashable, Sendable {
  public var reference: LawReference
  public var quantity: SettingQuantity
  /// The family that asks; laws differ for dense models and for models with experts.
  public var kind: ModelKind
  public var family: String

  public init(
    reference: LawReference, quantity: SettingQuantity, kind: ModelKind, family: String
  ) {
    self.reference = reference
    self.quantity = quantity
    self.kind = kind
    self.family = family
  }
}

/// A setting as a function of a run's budget and shape.
public enum SettingLaw: Hashable, Sendable {
  /// y = a · C^b.
  case ofCompute(PowerLaw)
  /// y = a · N^n · D^d, N without the vocabulary. Not for M, which N follows from.
  case ofShape(a: Double, n: Double, d: Double)
}

/// A law with what a run's record says of it.
public struct ResolvedLaw: Hashable, Sendable {
  public var law: SettingLaw
  /// Where the coefficients come from, in words that identify them.
  public var provenance: String
  /// The budgets C that it was fitted on; nil when that is not known or does not apply.
  public var fittedRange: ClosedRange<Double>?

  public init(law: SettingLaw, provenance: String, fittedRange: ClosedRange<Double>? = nil) {
    self.law = law
    self.provenance = provenance
    self.fittedRange = fittedRange
  }
}

/// The laws behind a grid's names, one for each of its `lawRequests`.
public struct ResolvedSettings: Hashable, Sendable {
  public var laws: [LawRequest: ResolvedLaw]

  public init(laws: [LawRequest: ResolvedLaw] = [:]) {
    self.laws = laws
  }
}
