/// An exact fraction of two integers in lowest terms: the value of a point on an axis.
///
/// Axis values are compared and multiplied as written: 1/32 is one thirty-second and 3.1 % is
/// 31/1000, whatever a binary fraction would make of them.
public struct Ratio: Hashable, Sendable {
  public let numerator: Int
  /// Always positive.
  public let denominator: Int

  /// The fraction in lowest terms. The denominator must be positive.
  public init(_ numerator: Int, _ denominator: Int = 1) {
    precondition(denominator > 0, "the denominator of a ratio is positive")
    let divisor = max(1, Ratio.greatestCommonDivisor(numerator.magnitude, denominator.magnitude))
    self.numerator = numerator / Int(divisor)
    self.denominator = denominator / Int(divisor)
  }

  public static let one = Ratio(1)

  /// The nearest binary fraction.
  public var doubleValue: Double { Double(numerator) / Double(denominator) }

  /// The value when it is whole, otherwise nil.
  public var wholeValue: Int? { denominator == 1 ? numerator : nil }

  static func greatestCommonDivisor(_ a: UInt, _ b: UInt) -> UInt {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}

extension Ratio: Comparable {
  public static func < (left: Ratio, right: Ratio) -> Bool {
    let a = left.numerator.multipliedFullWidth(by: right.denominator)
    let b = right.numerator.multipliedFullWidth(by: left.denominator)
    return a.high == b.high ? a.low < b.low : a.high < b.high
  }
}

extension Ratio {
  /// Traps when the product does not fit 64 bits, as integer multiplication does.
  public static func * (left: Ratio, right: Ratio) -> Ratio {
    // Cancelling across first keeps the intermediate products as small as the result allows.
    let a = Ratio(left.numerator, right.denominator)
    let b = Ratio(right.numerator, left.denominator)
    return Ratio(a.numerator * b.numerator, a.denominator * b.denominator)
  }

  /// Traps when the divisor is not positive.
  public static func / (left: Ratio, right: Ratio) -> Ratio {
    left * Ratio(right.denominator, right.numerator)
  }
}

extension Ratio: CustomStringConvertible {
  /// `1/32`, or `2` when whole: what `init(parsing:)` reads back.
  public var description: String {
    denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  }
}

extension Ratio: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let ratio = Ratio(parsing: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not a fraction such as 1/32, 0.25 or 3.1%")
    }
    self = ratio
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
