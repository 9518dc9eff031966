/// The text of a chunk's three columns: JSON arrays of plain numbers, decimals as short as they can
/// be to read back to the same bits, `null` where a token count is not known.
enum ChunkText {
  /// Points in a sealed chunk. The views look a point up by its place in the array, so their cost a
  /// point grows with it.
  static let capacity = 1000

  static func encode(_ numbers: some Collection<Int>) -> String {
    array(numbers, width: 8) { $0.append($1) }
  }

  static func encode(_ numbers: some Collection<Int?>) -> String {
    array(numbers, width: 12) { bytes, number in
      if let number { bytes.append(number) } else { bytes.append(contentsOf: "null".utf8) }
    }
  }

  /// `numbers` are finite.
  static func encode(_ numbers: some Collection<Double>) -> String {
    // Swift's description is the shortest decimal that reads back to the same bits.
    array(numbers, width: 20) { $0.append(contentsOf: $1.description.utf8) }
  }

  /// One array of what several hold, none of them empty, in their order; nothing is read as numbers.
  static func joined(_ arrays: [String]) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(arrays.reduce(2) { $0 + $1.utf8.count })
    bytes.append(UInt8(ascii: "["))
    for array in arrays {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: array.utf8.dropFirst().dropLast())
    }
    bytes.append(UInt8(ascii: "]"))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// An array as bytes: a string for each number would cost more than the numbers.
  private static func array<Numbers: Collection>(
    _ numbers: Numbers, width: Int, _ append: (inout [UInt8], Numbers.Element) -> Void
  ) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 + numbers.count * width)
    bytes.append(UInt8(ascii: "["))
    for number in numbers {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      append(&bytes, number)
    }
    bytes.append(UInt8(ascii: "]"))
    return String(decoding: bytes, as: UTF8.self)
  }

  static func integers(_ text: String) throws -> [Int] {
    try elements(text).map { try number($0, in: text) }
  }

  static func optionalIntegers(_ text: String) throws -> [Int?] {
    try elements(text).map { $0 == "null" ? nil : try number($0, in: text) }
  }

  static func doubles(_ text: String) throws -> [Double] {
    try elements(text).map { try number($0, in: text) }
  }

  private static func elements(_ text: String) throws -> [Substring] {
    guard text.first == "[", text.last == "]" else { throw unreadable(text) }
    return text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
  }

  private static func number<Number: LosslessStringConvertible>(
    _ element: Substring, in text: String
  ) throws -> Number {
    guard let number = Number(String(element)) else { throw unreadable(text) }
    return number
  }

  private static func unreadable(_ text: String) -> RegistryError {
    .unreadable("chunk '\(text.prefix(80))'")
  }
}

extension [UInt8] {
  /// The decimal digits of `number`.
  fileprivate mutating func append(_ number: Int) {
    var magnitude = number.magnitude
    if number < 0 { append(UInt8(ascii: "-")) }
    let start = count
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10))
      magnitude /= 10
    } while magnitude > 0
    self[start...].reverse()
  }
}
