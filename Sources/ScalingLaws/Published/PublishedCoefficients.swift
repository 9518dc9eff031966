/// What one paper prints for a form's parameters.
public struct PublishedCoefficients: Hashable, Sendable {
  /// Under which `law eval` finds them, such as `hoffmann-2203.15556`.
  public var name: String
  /// The models that they were fitted to, where a paper prints several sets; "" for the only one.
  public var variant: String
  public var arXiv: String
  /// Where in the paper, such as "Table 2".
  public var place: String
  /// In the order of the form's parameters, in their own units.
  public var values: [Double]
  /// The data behind them, by the letter of a variable; a variable that is not here has no known
  /// range.
  public var ranges: [String: FittedRange]
  /// What the paper leaves open and how it is read here.
  public var conventions: [String]

  public init(
    name: String, variant: String = "", arXiv: String, place: String, values: [Double],
    ranges: [String: FittedRange] = [:], conventions: [String] = []
  ) {
    self.name = name
    self.variant = variant
    self.arXiv = arXiv
    self.place = place
    self.values = values
    self.ranges = ranges
    self.conventions = conventions
  }
}
