import Foundation

/// An axis: its label, scale, ticks and span.
public struct Axis: Hashable, Sendable {
  /// How values become positions.
  public enum Scale: Hashable, Sendable {
    case linear
    /// Logarithmic; the ticks' format says of which base the reader should think.
    case log

    /// Position of a value, up to shift and stretch.
    func position(of value: Double) -> Double {
      switch self {
      case .linear: value
      case .log: Foundation.log(value)
      }
    }

    /// The value at a position.
    func value(at position: Double) -> Double {
      switch self {
      case .linear: position
      case .log: exp(position)
      }
    }
  }

  /// How ticks are written.
  public enum TickFormat: Hashable, Sendable {
    /// 0.5, 1, 1.5.
    case decimal
    /// 10¹¹, 3·10¹¹.
    case scientific
    /// 1/32, 1/2, 1, 2: at powers of two.
    case powersOfTwo
  }

  public var label: String
  public var scale: Scale
  public var ticks: TickFormat
  /// What the axis shows; nil fits the data.
  public var span: ClosedRange<Double>?
  /// Whether values fall from left to right, or from bottom to top.
  public var isReversed: Bool

  public init(
    label: String, scale: Scale = .linear, ticks: TickFormat = .decimal,
    span: ClosedRange<Double>? = nil, isReversed: Bool = false
  ) {
    self.label = label
    self.scale = scale
    self.ticks = ticks
    self.span = span
    self.isReversed = isReversed
  }

  /// The stated span, or that of `values` with a margin of `padding` of it at either end.
  func span(of values: [Double], padding: Double) -> ClosedRange<Double> {
    if let span { return span }
    let positions = values.map(scale.position(of:))
    let low = positions.min() ?? 0
    let high = positions.max() ?? 1
    // A single value gets an axis about it.
    let margin = high > low ? (high - low) * padding : max(abs(low) * 0.1, 0.5)
    return scale.value(at: low - margin)...scale.value(at: high + margin)
  }
}
