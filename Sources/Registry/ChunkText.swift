/// The text of a chunk's three columns: JSON arrays of plain numbers, decimals as short as they can
/// be to read back to the same bits, `null` where a token count is not known.
enum ChunkText {
  /// Points in a sealed chunk. The views look a point up by its place in the array, so their cost a
  /// point grows with it; so does what the newest number of a run costs.
  static let capacity = 1000

  static func encode(_ numbers: [Int]) -> String {
    "[\(numbers.map(String.init).joined(separator: ","))]"
  }

  static func encode(_ numbers: [Int?]) -> String {
    "[\(numbers.map { $0.map(String.init) ?? "null" }.joined(separator: ","))]"
  }

  /// `numbers` are finite.
  static func encode(_ numbers: [Double]) -> String {
    // Swift's description is the shortest decimal that reads back to the same bits.
    "[\(numbers.map(\.description).joined(separator: ","))]"
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
