/// An amount of memory as people write it: `64GiB`, `500MB`, `1024`.
public struct ByteCount: Hashable, Sendable {
  public var bytes: Int

  public init(bytes: Int) { self.bytes = bytes }

  /// Nil for what is no whole number of bytes with an optional unit: `kB`, `MB`, `GB`, `TB` by
  /// thousands, `KiB`, `MiB`, `GiB`, `TiB` by 1024.
  public init?(parsing text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let unit = text.dropFirst(digits.count)
    guard let count = Int(digits), let scale = Self.units.first(where: { $0.name == unit })?.scale
    else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: scale)
    guard !overflow else { return nil }
    self.bytes = bytes
  }

  private static let units: [(name: String, scale: Int)] = [
    ("", 1), ("B", 1), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ("TiB", 1 << 40),
  ]
}

extension ByteCount: CustomStringConvertible {
  /// In the largest binary unit of which there are at least ten, rounded down.
  public var description: String {
    for (name, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
    where bytes >= 10 << shift || (bytes > 0 && bytes % (1 << shift) == 0) {
      return "\(bytes >> shift) \(name)"
    }
    return "\(bytes) B"
  }
}
