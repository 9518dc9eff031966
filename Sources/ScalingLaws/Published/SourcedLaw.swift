public import Experiment

/// A power law of C together with where it comes from.
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
  /// The budgets, FLOPs, that the law was fitted on; nil when they are not known.
  public var range: FittedRange?

  /// Whether a budget lies outside the fitted range; false when that is not known.
  public func isExtrapolated(at compute: Double) -> Bool { range?.contains(compute) == false }

  /// Name, equation and, outside the fitted range, a plain statement of that.
  public func provenance(at compute: Double) -> String {
    let place = "\(name) \(equation) (\(kind.rawValue))"
    guard let range, !range.contains(compute) else { return place }
    return "\(place), extrapolated to C = \(compute): fitted on \(range.lower) to \(range.upper)"
  }
}
