import Foundation

/// Efficiency leverage of activation ratio, granularity and compute together
/// (arXiv 2507.17702, Eq. 13):
///
///     EL(A, G, C) = Â^(α + γ·(log G)² + β·log G),  α = a + d·log C,
///     1/Â = 1/(A + (1/A_start − 1/A_max)^(−1)) + 1/A_max.
///
/// The paper does not state the logarithms' bases; its claims hold with log₁₀ C and log₂ G and with
/// A counted over routed experts only, E_a / E.
public struct JointLeverageLaw: Hashable, Codable, Sendable {
  /// The base of a logarithm.
  public enum LogBase: String, Hashable, Codable, Sendable {
    case two = "2"
    case e
    case ten = "10"

    func callAsFunction(_ x: Double) -> Double {
      switch self {
      case .two: log2(x)
      case .e: log(x)
      case .ten: log10(x)
      }
    }
  }

  public var a: Double
  public var d: Double
  public var gamma: Double
  public var beta: Double
  /// A_start and A_max of the saturating Â.
  public var activationStart: Double
  public var activationMax: Double
  public var computeLog: LogBase
  public var granularityLog: LogBase

  /// The published coefficients (Table 2).
  public static let ling = JointLeverageLaw(
    a: 1.23, d: -7.61e-2, gamma: 1.67e-2, beta: -1.17e-1, activationStart: 1.63e-2,
    activationMax: 5.28e16, computeLog: .ten, granularityLog: .two)

  /// Â, the saturating activation ratio (Eq. 10; Clark et al. 2022 with 0 as the lower bound).
  public func saturated(_ activationRatio: Double) -> Double {
    let shift = 1 / (1 / activationStart - 1 / activationMax)
    return 1 / (1 / (activationRatio + shift) + 1 / activationMax)
  }

  /// EL of a model with routed activation ratio A = E_a / E and granularity G = 2·d_model/d_expert
  /// that is trained with `compute` FLOPs.
  ///
  /// - Throws: `outsideDomain` unless 0 < A ≤ 1, G > 0 and C > 0.
  public func leverage(
    activationRatio: Double, granularity: Double, compute: Double
  ) throws(ScalingLawsError) -> Double {
    guard activationRatio > 0, activationRatio <= 1 else {
      throw .outsideDomain(quantity: "A", value: activationRatio, domain: "0 < A ≤ 1")
    }
    guard granularity > 0, granularity.isFinite else {
      throw .outsideDomain(quantity: "G", value: granularity, domain: "G > 0")
    }
    guard compute > 0, compute.isFinite else {
      throw .outsideDomain(quantity: "C", value: compute, domain: "C > 0")
    }
    let g = granularityLog(granularity)
    let alpha = a + d * computeLog(compute)
    return pow(saturated(activationRatio), alpha + gamma * g * g + beta * g)
  }

  /// The granularity of highest leverage, base^(−β / 2γ); the same at every A and C.
  public var optimalGranularity: Double {
    let exponent = -beta / (2 * gamma)
    return switch granularityLog {
    case .two: exp2(exponent)
    case .e: exp(exponent)
    case .ten: pow(10, exponent)
    }
  }
}
