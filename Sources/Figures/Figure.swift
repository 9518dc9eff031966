/// One chart as data: what is drawn, without how a program draws it.
public struct Figure: Hashable, Sendable {
  /// A line across the plot at one value, such as EL = 1.
  public struct Reference: Hashable, Sendable {
    /// Which axis `value` is on.
    public enum Direction: Hashable, Sendable {
      /// At a value of y.
      case horizontal
      /// At a value of x.
      case vertical
    }

    public var direction: Direction
    public var value: Double
    /// Written along the line; may be empty.
    public var label: String

    public init(_ direction: Direction, at value: Double, label: String = "") {
      self.direction = direction
      self.value = value
      self.label = label
    }
  }

  /// Where series are named.
  public enum Naming: Hashable, Sendable {
    /// Beside the last point of each series, in its colour.
    case direct
    /// In a key above the plot.
    case key
  }

  public var title: String
  /// A second, quieter line under the title; may be empty.
  public var subtitle: String
  public var x: Axis
  public var y: Axis
  public var series: [Series]
  public var references: [Reference]
  public var naming: Naming
  public var palette: Palette
  /// Moves series apart along x by under a hundredth of the axis, so that error bars at the same x do
  /// not hide one another.
  public var dodges: Bool

  public init(
    title: String, subtitle: String = "", x: Axis, y: Axis, series: [Series],
    references: [Reference] = [], naming: Naming = .direct, palette: Palette = .categorical,
    dodges: Bool = false
  ) {
    self.title = title
    self.subtitle = subtitle
    self.x = x
    self.y = y
    self.series = series
    self.references = references
    self.naming = naming
    self.palette = palette
    self.dodges = dodges
  }
}
