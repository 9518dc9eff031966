import Foundation

/// A fitted loss curve L(x) = α·x^(−β) + E over compute or time.
public struct LossCurve: Hashable, Codable, Sendable {
  /// With or without an irreducible term.
  public enum Form: String, Hashable, Codable, Sendable {
    case powerLaw = "power law"
    case offsetPowerLaw = "power law with offset"
  }

  public var form: Form
  /// α, the loss (above E) at x = 1.
  public var alpha: Double
  /// β; positive when the loss falls.
  public var beta: Double
  /// E, the irreducible term; 0 in a pure power law.
  public var offset: Double
  /// The x that it was fitted on.
  public var range: FittedRange

  public init(form: Form, alpha: Double, beta: Double, offset: Double, range: FittedRange) {
    self.form = form
    self.alpha = alpha
    self.beta = beta
    self.offset = offset
    self.range = range
  }

  /// L at x.
  public func loss(at x: Double) -> Double { alpha * pow(x, -beta) + offset }

  /// The x at which the curve reaches `loss`, C_dense = ((L − E)/α)^(−1/β)
  /// (arXiv 2507.17702, Eq. 1 with its loss curves).
  ///
  /// - Throws: `lossBelowIrreducible`, `curveNotFalling`.
  public func inverse(of loss: Double) throws(ScalingLawsError) -> Double {
    guard beta > 0 else { throw .curveNotFalling(exponent: beta) }
    guard loss > offset else { throw .lossBelowIrreducible(loss: loss, irreducible: offset) }
    return exp((log(alpha) - log(loss - offset)) / beta)
  }
}
