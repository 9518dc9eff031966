/// The secret of whoever speaks to the daemon: `orch_`, 64 hexadecimal digits of randomness and 8 of
/// a checksum, so that a token that was cut short or mistyped is told from one that nobody knows.
///
/// It never describes itself: what is printed or logged by accident shows its prefix alone.
public struct BearerToken: Hashable, Sendable {
  /// How every token begins; what scanners for secrets look for.
  public static let prefix = "orch_"
  private static let secretDigits = 64
  private static let checksumDigits = 8

  /// The whole text, as it is sent.
  public let secret: String

  /// A token of 256 bits from `generator`, by default the system's.
  public init(from generator: inout some RandomNumberGenerator) {
    let digits = (0..<4).map { _ in
      let word = String(generator.next(), radix: 16)
      return String(repeating: "0", count: 16 - word.count) + word
    }
    let body = Self.prefix + digits.joined()
    secret = body + Self.checksum(of: body)
  }

  /// A token as a person has written it.
  ///
  /// - Throws: `TokenFault` for what is no token; whether the daemon knows it is another matter.
  public init(_ text: String) throws(TokenFault) {
    guard text.hasPrefix(Self.prefix) else { throw .prefix }
    let length = Self.prefix.utf8.count + Self.secretDigits + Self.checksumDigits
    guard text.utf8.count == length else { throw .length(text.utf8.count, expected: length) }
    let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
    guard digits.allSatisfy(Self.isDigit) else { throw .character }
    let body = String(text.dropLast(Self.checksumDigits))
    guard Self.checksum(of: body) == text.suffix(Self.checksumDigits) else { throw .checksum }
    secret = text
  }

  /// What the registry keeps of it: 64 hexadecimal digits.
  public var sha256: String { SHA256.hex(of: secret) }

  private static func checksum(of body: String) -> String {
    String(SHA256.hex(of: body).prefix(checksumDigits))
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }
}

extension BearerToken: CustomStringConvertible, CustomReflectable {
  public var description: String { Self.prefix + "…" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why a text is no token. None of these repeats the text.
public enum TokenFault: Error, Hashable, Sendable {
  case prefix
  case length(Int, expected: Int)
  case character
  case checksum
}

extension TokenFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .prefix: "a token begins with \(BearerToken.prefix)"
    case .length(let found, let expected):
      "a token has \(expected) characters and this has \(found)"
    case .character: "a token has only the digits 0 to 9 and a to f after its prefix"
    case .checksum: "its checksum is wrong: a character was changed"
    }
  }
}
