/// A parameter with its interval.
public struct FittedParameter: Hashable, Codable, Sendable {
  /// The formula's letter.
  public var name: String
  public var value: Double
  /// Nil when the noise is unknown or an end is not finite.
  public var interval: Interval?
  /// The likelihood-ratio interval, where one was asked for.
  public var profile: ProfileInterval?
}

/// A law as it is stored: form, parameters, and the exact runs behind it.
public struct FittedLaw: Hashable, Codable, Sendable {
  /// What the law relates.
  public enum Subject: Hashable, Codable, Sendable {
    /// Dense loss against realised C, FLOPs.
    case denseLossAgainstCompute
    /// Dense loss against training seconds.
    case denseLossAgainstSeconds
    /// EL against A at one budget, G and S held.
    case leverageAgainstActivation(
      family: String, budget: Double, granularity: Double, sharedRatio: Double)
  }

  public var subject: Subject
  /// The form's name.
  public var form: String
  /// The form written out.
  public var formula: String
  /// Whether it is the one of its subject that leverage is computed with.
  public var isSelected: Bool
  public var parameters: [FittedParameter]
  /// Smallest and largest x behind the fit.
  public var range: FittedRange
  /// Root mean square of the residuals of log y.
  public var logResidual: Double
  /// Nil where there are too few points for it.
  public var correctedAkaike: Double?
  public var diagnostics: FitDiagnostics
  public var warnings: [LawWarning]
  /// The runs behind it, in order.
  public var runs: [Int64]

  /// The stored name, such as `dense loss against C`.
  public var name: String {
    switch subject {
    case .denseLossAgainstCompute: "dense loss against C"
    case .denseLossAgainstSeconds: "dense loss against seconds"
    case .leverageAgainstActivation(let family, let budget, let granularity, let sharedRatio):
      "EL of \(family) against A at C = \(budget.readable), G = \(granularity.readable), "
        + "S = \(sharedRatio.readable)"
    }
  }

  /// The parameter of that name.
  public func parameter(_ name: String) -> FittedParameter? {
    parameters.first { $0.name == name }
  }
}
