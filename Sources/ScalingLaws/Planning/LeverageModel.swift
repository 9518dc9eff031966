import Foundation

/// A joint law of efficiency leverage together with where it was fitted and how sure it is.
public struct LeverageModel: Hashable, Sendable {
  /// What is known of the law's error.
  public enum Uncertainty: Hashable, Sendable {
    /// Nothing: predictions have no interval.
    case unknown
    /// The same law fitted to resampled data, 20 sets or more.
    case resampled([JointLeverageLaw])
    /// What a paper prints: coefficients to so many digits and the error of its fit. The interval
    /// is the span of all roundings, widened by 1.96 times the error.
    case printed(roundings: [JointLeverageLaw], errors: PrintedErrors)
  }

  /// Root mean square errors of EL as printed, for leverages below and above a threshold.
  public struct PrintedErrors: Hashable, Sendable {
    public var below: Double
    public var above: Double
    public var threshold: Double
  }

  public var law: JointLeverageLaw
  public var provenance: String
  /// Routed A, G and C of the models behind the law.
  public var activation: FittedRange
  public var granularity: FittedRange
  public var compute: FittedRange
  public var uncertainty: Uncertainty

  public init(
    law: JointLeverageLaw, provenance: String, activation: FittedRange, granularity: FittedRange,
    compute: FittedRange, uncertainty: Uncertainty
  ) {
    self.law = law
    self.provenance = provenance
    self.activation = activation
    self.granularity = granularity
    self.compute = compute
    self.uncertainty = uncertainty
  }

  /// EL at one point.
  ///
  /// - Throws: `outsideDomain`.
  public func leverage(
    activation: Double, granularity: Double, compute: Double
  ) throws(ScalingLawsError) -> Double {
    try law.leverage(activationRatio: activation, granularity: granularity, compute: compute)
  }

  /// The 95 % interval of EL; nil where the law's error is unknown.
  ///
  /// - Throws: `outsideDomain`.
  public func interval(
    activation: Double, granularity: Double, compute: Double
  ) throws(ScalingLawsError) -> Interval? {
    func values(_ laws: [JointLeverageLaw]) throws(ScalingLawsError) -> [Double] {
      var values: [Double] = []
      for law in laws {
        values.append(
          try law.leverage(
            activationRatio: activation, granularity: granularity, compute: compute))
      }
      return values
    }
    switch uncertainty {
    case .unknown: return nil
    case .resampled(let laws): return Interval(percentilesOf: try values(laws), level: 0.95)
    case .printed(let roundings, let errors):
      let center = try leverage(
        activation: activation, granularity: granularity, compute: compute)
      let span = try values(roundings) + [center]
      let error = 1.96 * (center < errors.threshold ? errors.below : errors.above)
      return Interval(low: max(0, span.min()! - error), high: span.max()! + error)
    }
  }

  /// What the interval rests on, in words.
  public var intervalBasis: String {
    switch uncertainty {
    case .unknown: "the law's error is unknown"
    case .resampled(let laws): "95 % of \(laws.count) resampled fits"
    case .printed(_, let errors):
      "coefficients as rounded in print, ± 1.96 × the printed rmse of EL (\(errors.below) below "
        + "EL \(errors.threshold.readable), \(errors.above) above); it does not know how far the "
        + "law is extrapolated"
    }
  }
}

extension LeverageModel {
  /// Eq. 13 of arXiv 2507.17702. A and G span its sweeps (A = 2/256 … 1, G = 2 … 16); its
  /// leverages come from models of 1e18 to 3e20 FLOPs. Errors are those of the ICLR version: R²
  /// 0.9858, rmse 0.2169 on the 200 points with EL < 6 that were fitted, 0.5275 on the 24 with
  /// EL ≥ 6 that were held out.
  public static let ling = LeverageModel(
    law: .ling, provenance: "ling-2507.17702 Eq. 13",
    activation: FittedRange(2.0 / 256, 1), granularity: FittedRange(2, 16),
    compute: FittedRange(1e18, 3e20),
    uncertainty: .printed(
      roundings: lingRoundings, errors: PrintedErrors(below: 0.2169, above: 0.5275, threshold: 6)))

  /// Every coefficient of Table 2 half a unit of its last digit up or down; A_max is in effect
  /// infinite.
  private static var lingRoundings: [JointLeverageLaw] {
    (0..<32).map { corner in
      func rounded(_ bit: Int, _ half: Double) -> Double { corner >> bit & 1 == 0 ? -half : half }
      var law = JointLeverageLaw.ling
      law.a += rounded(0, 5e-3)
      law.d += rounded(1, 5e-5)
      law.gamma += rounded(2, 5e-5)
      law.beta += rounded(3, 5e-4)
      law.activationStart += rounded(4, 5e-5)
      return law
    }
  }
}
