import Foundation

/// The base of a logarithm in a formula. Papers often leave it out, and their coefficients hold with
/// one base only.
public enum LogBase: String, Hashable, Codable, Sendable, CaseIterable {
  case two = "2"
  case e
  case ten = "10"

  /// As formulas write it.
  var symbol: String {
    switch self {
    case .two: "log₂"
    case .e: "ln"
    case .ten: "log₁₀"
    }
  }

  /// log x.
  func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .two: log2(x)
    case .e: log(x)
    case .ten: log10(x)
    }
  }

  /// base^y.
  func power(_ y: Double) -> Double {
    switch self {
    case .two: exp2(y)
    case .e: exp(y)
    case .ten: pow(10, y)
    }
  }
}
