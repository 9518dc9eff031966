/// How many layers go with a width.
public enum Depth: Hashable, Codable, Sendable {
  /// The same number at every width.
  case fixed(Int)
  /// d_model / layers is held at `ratio`, rounded, with at least `minimum` layers.
  case aspect(ratio: Ratio, minimum: Int)

  /// Layers of a model of width `dModel`.
  public func layers(dModel: Int) -> Int {
    switch self {
    case .fixed(let layers): layers
    case .aspect(let ratio, let minimum):
      max(minimum, Int((Double(dModel) / ratio.doubleValue).rounded()))
    }
  }

  /// The fewest layers that any width has.
  public var minimum: Int {
    switch self {
    case .fixed(let layers): layers
    case .aspect(_, let minimum): minimum
    }
  }
}
