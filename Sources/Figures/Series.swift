/// One named set of points and how it is drawn.
public struct Series: Hashable, Sendable {
  /// One point, in the axes' units.
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double
    /// Lower and upper end of an error bar or of a band.
    public var interval: ClosedRange<Double>?
    /// Drawn hollow: a value to be taken with care, such as an extrapolated one.
    public var isHollow: Bool

    public init(x: Double, y: Double, interval: ClosedRange<Double>? = nil, isHollow: Bool = false)
    {
      self.x = x
      self.y = y
      self.interval = interval
      self.isHollow = isHollow
    }
  }

  /// The parts of a drawing; they combine.
  public struct Drawing: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A marker at each point, with an error bar where it has an interval.
    public static let markers = Drawing(rawValue: 1)
    /// A line through the points in the order of x.
    public static let line = Drawing(rawValue: 2)
    /// The same line, dashed: a law rather than data.
    public static let dashedLine = Drawing(rawValue: 4)
    /// A shaded band between the ends of the intervals.
    public static let band = Drawing(rawValue: 8)
  }

  /// Shown to the reader; series of one name share one colour and one entry.
  public var name: String
  public var drawing: Drawing
  public var points: [Point]

  public init(name: String, drawing: Drawing = [.markers, .line], points: [Point]) {
    self.name = name
    self.drawing = drawing
    self.points = points
  }
}
