/// What the axes of a sweep ask of one run, in the order of the axes.
public struct GridPoint: Hashable, Codable, Sendable {
  public struct Setting: Hashable, Codable, Sendable {
    public var axis: Axis
    public var value: Ratio
  }

  public private(set) var settings: [Setting]

  /// The base point.
  public init() { settings = [] }

  /// The value on `axis`; nil is the base's own.
  public subscript(axis: Axis) -> Ratio? {
    settings.first { $0.axis == axis }?.value
  }

  /// The point with `axis` moved to `value`.
  public func setting(_ axis: Axis, to value: Ratio) -> GridPoint {
    var point = self
    point.settings.removeAll { $0.axis == axis }
    point.settings.append(Setting(axis: axis, value: value))
    return point
  }

  /// The part that shapes the architecture beside its base.
  public var shape: ShapePoint {
    ShapePoint(
      activation: self[.activation], granularity: self[.granularity],
      sharedRatio: self[.sharedRatio], denseLayers: self[.denseLayers],
      attentionShare: self[.attentionShare])
  }
}

extension GridPoint: CustomStringConvertible {
  /// `A=1/32 G=4`, or `base`.
  public var description: String {
    settings.isEmpty
      ? "base" : settings.map { "\($0.axis.rawValue)=\($0.value)" }.joined(separator: " ")
  }
}
