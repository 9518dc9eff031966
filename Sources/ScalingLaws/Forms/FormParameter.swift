import Foundation

/// A parameter of a form: its letter, the coordinate in which it is fitted, and where it may lie.
public struct FormParameter: Hashable, Codable, Sendable {
  /// The coordinate of a fit.
  public enum Scale: String, Hashable, Codable, Sendable {
    /// θ = ln p, for parameters that are positive by their meaning.
    case logarithmic
    /// θ = p.
    case linear
  }

  /// The letter in the formula.
  public var name: String
  public var scale: Scale
  /// The box of a fit, in the parameter's own unit; above 0 when `scale` is logarithmic.
  public var lower: Double
  public var upper: Double

  public init(_ name: String, _ scale: Scale, _ range: ClosedRange<Double>) {
    self.name = name
    self.scale = scale
    lower = range.lowerBound
    upper = range.upperBound
  }

  /// p → θ.
  public func coordinate(of value: Double) -> Double {
    switch scale {
    case .logarithmic: log(value)
    case .linear: value
    }
  }

  /// θ → p.
  public func value(at coordinate: Double) -> Double {
    switch scale {
    case .logarithmic: exp(coordinate)
    case .linear: coordinate
    }
  }
}
