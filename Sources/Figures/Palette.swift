/// Colours that readers with any colour vision can tell apart on white.
public enum Palette: Hashable, Sendable {
  /// Kinds without an order: Okabe and Ito 2008, without its yellow.
  case categorical
  /// Steps of one quantity, light to dark in the order of the series: part of viridis.
  case sequential

  /// The colour of the series at `index` of `count`.
  func colour(_ index: Int, of count: Int) -> Colour {
    switch self {
    case .categorical:
      return Self.okabeIto[index % Self.okabeIto.count]
    case .sequential:
      guard count > 1 else { return Self.viridis[1] }
      let position = Double(index) / Double(count - 1) * Double(Self.viridis.count - 1)
      let below = min(Int(position), Self.viridis.count - 2)
      return Self.viridis[below].mixed(
        with: Self.viridis[below + 1], share: position - Double(below))
    }
  }

  private static let okabeIto = [
    Colour(0x00, 0x72, 0xB2), Colour(0xD5, 0x5E, 0x00), Colour(0x00, 0x9E, 0x73),
    Colour(0xCC, 0x79, 0xA7), Colour(0xE6, 0x9F, 0x00), Colour(0x56, 0xB4, 0xE9),
    Colour(0x33, 0x33, 0x33),
  ]

  private static let viridis = [
    Colour(0x22, 0xA8, 0x84), Colour(0x2A, 0x78, 0x8E), Colour(0x41, 0x44, 0x87),
    Colour(0x44, 0x01, 0x54),
  ]
}

/// An sRGB colour.
struct Colour: Hashable, Sendable {
  var red: Int
  var green: Int
  var blue: Int

  init(_ red: Int, _ green: Int, _ blue: Int) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// `#rrggbb`.
  var hex: String {
    "#"
      + [red, green, blue].map { channel in
        let digits = String(channel, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }

  func mixed(with other: Colour, share: Double) -> Colour {
    func mix(_ a: Int, _ b: Int) -> Int { Int((Double(a) + share * Double(b - a)).rounded()) }
    return Colour(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
  }
}
