/// A length of time as people write it: `90s`, `2h`, `1d12h`, or as Slurm does, `2:00:00`.
public struct TimeSpan: Hashable, Sendable {
  public var seconds: Double

  public init(seconds: Double) { self.seconds = seconds }

  /// Nil for what is neither; a bare number has no unit and is refused.
  public init?(parsing text: String) {
    guard let seconds = text.contains(":") ? Self.clock(text) : Self.units(text), seconds > 0,
      seconds <= 1_000_000_000
    else { return nil }
    self.seconds = Double(seconds)
  }

  /// `1d12h`: whole numbers with falling units.
  private static func units(_ text: String) -> Int? {
    var rest = text[...]
    var total = 0
    for (unit, scale) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard !digits.isEmpty, rest.dropFirst(digits.count).hasPrefix(unit) else { continue }
      guard let count = Int(digits), count <= 1_000_000_000 else { return nil }
      total += count * scale
      rest = rest.dropFirst(digits.count + 1)
    }
    return rest.isEmpty ? total : nil
  }

  /// `hours:minutes:seconds`.
  private static func clock(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3,
      parts.allSatisfy({ part in
        !part.isEmpty && part.count <= 6 && part.allSatisfy { $0.isASCII && $0.isNumber }
      })
    else { return nil }
    let numbers = parts.compactMap { Int($0) }
    guard numbers[1] < 60, numbers[2] < 60 else { return nil }
    return numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
  }
}
