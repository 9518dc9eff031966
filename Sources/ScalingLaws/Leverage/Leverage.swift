/// How the dense curve is inverted.
public enum InversionMethod: String, Hashable, Codable, Sendable {
  /// The fitted curve L = α·C^(−β) (+ E).
  case fittedCurve = "fitted_curve"
  /// Straight segments between the budgets' best dense losses in log-log axes.
  case interpolation
}

/// Efficiency leverage, EL = C_dense / C_moe at equal loss (arXiv 2507.17702, Eq. 1), or the same
/// ratio of seconds.
public struct LeverageEstimate: Hashable, Codable, Sendable {
  public var value: Double
  /// Nil when the noise is unknown or more than a tenth of the resamples have no leverage.
  public var interval: Interval?
  /// What the dense family needs for the loss: FLOPs, or seconds.
  public var dense: Double
  /// Whether `dense` lies outside what the dense curve was fitted on.
  public var isExtrapolated: Bool
}

/// Why a run has no leverage.
public enum LeverageRefusal: String, Hashable, Codable, Sendable {
  /// The loss is at or below the dense curve's irreducible term.
  case lossBelowIrreducible = "loss_below_irreducible"
  /// The dense loss does not fall with compute.
  case denseCurveNotFalling = "dense_curve_not_falling"
}

extension LeverageRefusal: CustomStringConvertible {
  /// What it means and what to do.
  public var description: String {
    switch self {
    case .lossBelowIrreducible:
      "no dense compute reaches this loss under the fitted offset: add larger dense budgets or fit "
        + "without an offset"
    case .denseCurveNotFalling:
      "the dense loss does not fall, so nothing can be matched: check the dense runs"
    }
  }
}

/// A leverage, or why there is none.
public enum LeverageOutcome: Hashable, Sendable {
  case estimated(LeverageEstimate)
  case refused(LeverageRefusal)

  /// The estimate, if there is one.
  public var estimate: LeverageEstimate? {
    if case .estimated(let estimate) = self { estimate } else { nil }
  }
}

extension LeverageOutcome: Codable {
  private enum CodingKeys: String, CodingKey { case estimated, refused }

  /// Reads `{"estimated": {…}}` or `{"refused": "…"}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let refusal = try container.decodeIfPresent(LeverageRefusal.self, forKey: .refused) {
      self = .refused(refusal)
    } else {
      self = .estimated(try container.decode(LeverageEstimate.self, forKey: .estimated))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .estimated(let estimate): try container.encode(estimate, forKey: .estimated)
    case .refused(let refusal): try container.encode(refusal, forKey: .refused)
    }
  }
}

/// The leverage of one MoE run.
public struct RunLeverage: Hashable, Codable, Sendable {
  public var run: Int64
  public var family: String
  public var point: String
  /// Nominal budget, FLOPs.
  public var budget: Double
  /// In FLOPs.
  public var inCompute: LeverageOutcome
  /// In measured seconds; nil when the run or the dense curve was not timed.
  public var inTime: LeverageOutcome?
}

/// The leverage of one architecture at one budget: the mean of log EL over its seeds.
public struct GroupLeverage: Hashable, Codable, Sendable {
  public var family: String
  public var point: String
  /// Nominal budget, FLOPs.
  public var budget: Double
  public var activationRatio: Double
  public var granularity: Double
  public var sharedRatio: Double
  /// Geometric mean of the losses.
  public var loss: Double
  /// In FLOPs.
  public var inCompute: LeverageOutcome
  /// In measured seconds; nil when a run or the dense curve was not timed.
  public var inTime: LeverageOutcome?
  /// The runs averaged, in order.
  public var runs: [Int64]
}
