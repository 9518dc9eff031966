public import Foundation

/// Broken variants of valid samples, the same for the same seed.
public struct Mutants {
  private let samples: [Data]
  private var dice: SplitMix

  /// Numbers and pieces of syntax that decoders stumble over.
  private static let numbers = [
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615",
    "2305843009213693951", "-1", "0", "1e308", "1e999", "-0.0", "1e-400", "NaN", "Infinity", "0x10",
    "1_000", "00", "4294967296", "99999999999999999999999999999999999999",
  ]
  private static let words = [
    "null", "true", "{}", "[]", "\"\"", "\\u0000", "\u{0}", "\u{FEFF}", "é", "\\ud800", "\n", "\r",
    "\t", ",", ":", "\"", "- ", "&a ", "*a", "!!binary ", "<<: ", "%", "../", "'", "#", "|", ">",
    "{",
    "}", "[", "]",
  ]

  /// At least one sample.
  public init(of samples: [Data], seed: UInt64) {
    self.samples = samples
    dice = SplitMix(seed: seed)
  }

  /// The next one: a sample with one to four things wrong.
  public mutating func next() -> Data {
    var bytes = [UInt8](samples.randomElement(using: &dice)!)
    for _ in 0..<Int.random(in: 1...4, using: &dice) { mutate(&bytes) }
    return Data(bytes)
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    switch Int.random(in: 0..<10, using: &dice) {
    case 0: if !bytes.isEmpty { bytes[place(bytes)] ^= 1 << UInt8.random(in: 0...7, using: &dice) }
    case 1: if !bytes.isEmpty { bytes[place(bytes)] = UInt8.random(in: 0...255, using: &dice) }
    case 2: bytes.removeLast(Int.random(in: 0...bytes.count, using: &dice))
    case 3: bytes.removeSubrange(range(bytes))
    case 4: bytes.insert(contentsOf: Array(bytes[range(bytes)]), at: place(bytes))
    case 5:
      let other = [UInt8](samples.randomElement(using: &dice)!)
      bytes.replaceSubrange(range(bytes), with: other[range(other)])
    case 6: bytes.insert(contentsOf: Self.words.randomElement(using: &dice)!.utf8, at: place(bytes))
    case 7: nest(&bytes)
    case 8: if bytes.count >= 8 { setInteger(&bytes) }
    default: replaceNumber(&bytes)
    }
  }

  private mutating func place(_ bytes: [UInt8]) -> Int {
    bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &dice)
  }

  /// A short piece, mostly.
  private mutating func range(_ bytes: [UInt8]) -> Range<Int> {
    let start = place(bytes)
    let length = Int.random(in: 0...3, using: &dice) == 0 ? bytes.count : 16
    return start..<min(bytes.count, start + Int.random(in: 0...length, using: &dice))
  }

  /// Levels of lists or objects around a place.
  private mutating func nest(_ bytes: inout [UInt8]) {
    let levels = [3, 40, 600, 5000].randomElement(using: &dice)!
    let open = ["[", "{\"a\":", "- ", "{"].randomElement(using: &dice)!
    bytes.insert(
      contentsOf: Array(repeatElement(open, count: levels).joined().utf8), at: place(bytes))
  }

  /// A number of a binary header, at the ends of its range.
  private mutating func setInteger(_ bytes: inout [UInt8]) {
    let numbers: [UInt64] = [
      0, 1, .max, 1 << 63, 1 << 62, .max >> 1, 1 << 32, (1 << 31) - 1, 1 << 31, 0xFFFF_FFFF,
    ]
    let number = numbers.randomElement(using: &dice)!
    let width = [2, 4, 8].randomElement(using: &dice)!
    // Headers are at the beginning.
    let end = min(bytes.count - 8, Bool.random(using: &dice) ? 64 : bytes.count)
    let start = Int.random(in: 0...max(0, end), using: &dice)
    for index in 0..<width {
      bytes[start + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
    }
  }

  /// Another number in the place of one that is written in digits.
  private mutating func replaceNumber(_ bytes: inout [UInt8]) {
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    let starts = bytes.indices.filter {
      isDigit(bytes[$0]) && ($0 == 0 || !isDigit(bytes[$0 - 1]))
    }
    guard let start = starts.randomElement(using: &dice) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: Self.numbers.randomElement(using: &dice)!.utf8)
  }
}

/// SplitMix64: a seeded source of randomness.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
