import Foundation

/// `y = a · x^b`, the form of every hyperparameter and allocation law.
public struct PowerLaw: Hashable, Codable, Sendable {
  /// The prefactor, in units of y.
  public var a: Double
  /// The exponent.
  public var b: Double

  public init(a: Double, b: Double) {
    self.a = a
    self.b = b
  }

  /// The law at `x`.
  public func callAsFunction(_ x: Double) -> Double { a * pow(x, b) }
}
