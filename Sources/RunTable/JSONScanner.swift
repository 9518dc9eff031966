/// A cursor over the bytes of one JSON text.
struct JSONScanner {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private var depth = 0

  private static let deepest = 100

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The next value.
  mutating func value() throws(JSONValue.SyntaxError) -> JSONValue {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"):
      return try nested { scanner throws(JSONValue.SyntaxError) in
        .object(try scanner.members())
      }
    case UInt8(ascii: "["):
      let start = position
      _ = try elements()
      return .array(String(decoding: bytes[start..<position], as: UTF8.self))
    case UInt8(ascii: "\""): return .string(try string())
    default: return try word()
    }
  }

  /// The elements of an array.
  mutating func elements() throws(JSONValue.SyntaxError) -> [JSONValue] {
    try nested { scanner throws(JSONValue.SyntaxError) in
      var elements: [JSONValue] = []
      try scanner.list(until: "]") { scanner throws(JSONValue.SyntaxError) in
        elements.append(try scanner.value())
      }
      return elements
    }
  }

  /// Nothing but white space is left.
  mutating func end() throws(JSONValue.SyntaxError) {
    skipSpace()
    if position < bytes.endIndex { throw fault("text after the end of the value") }
  }

  private mutating func members() throws(JSONValue.SyntaxError) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    try list(until: "}") { scanner throws(JSONValue.SyntaxError) in
      scanner.skipSpace()
      guard scanner.peek == UInt8(ascii: "\"") else { throw scanner.fault("a key has no quote") }
      let key = try scanner.string()
      scanner.skipSpace()
      guard scanner.take(":") else { throw scanner.fault("a key has no colon") }
      members.append(.init(key: key, value: try scanner.value()))
    }
    return members
  }

  private mutating func nested<Value>(
    _ body: (inout JSONScanner) throws(JSONValue.SyntaxError) -> Value
  ) throws(JSONValue.SyntaxError) -> Value {
    depth += 1
    guard depth <= Self.deepest else { throw fault("nested too deeply") }
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func list(
    until end: Unicode.Scalar, _ item: (inout JSONScanner) throws(JSONValue.SyntaxError) -> Void
  ) throws(JSONValue.SyntaxError) {
    skipSpace()
    if take(end) { return }
    repeat {
      try item(&self)
      skipSpace()
    } while take(",")
    guard take(end) else { throw fault("\(end) or a comma is missing") }
  }

  /// A number or a literal.
  private mutating func word() throws(JSONValue.SyntaxError) -> JSONValue {
    let start = position
    while let byte = peek, UInt8.isWord(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    switch text {
    case "null": return .null
    case "true", "false": return .bool(text == "true")
    case "NaN", "Infinity", "-Infinity": return .number(text)
    default:
      guard text.utf8.allSatisfy(UInt8.isOfNumber), Double(text) != nil else {
        position = start
        throw fault(text.isEmpty ? "a value is missing" : "'\(text)' is no value")
      }
      return .number(text)
    }
  }

  private mutating func string() throws(JSONValue.SyntaxError) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"): content += String(try escape()).utf8
      case 0..<32: throw fault("a control character in a string")
      default: content.append(byte)
      }
    }
    throw fault("a string has no end")
  }

  private mutating func escape() throws(JSONValue.SyntaxError) -> Character {
    guard let byte = peek else { throw fault("a string has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return Character(Unicode.Scalar(byte))
    case UInt8(ascii: "u"):
      let high = try codeUnit()
      guard UTF16.isLeadSurrogate(high) else { return Self.character([high]) }
      guard take("\\"), take("u") else { return Self.character([high]) }
      return Self.character([high, try codeUnit()])
    default: throw fault("an unknown escape in a string")
    }
  }

  private mutating func codeUnit() throws(JSONValue.SyntaxError) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4,
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw fault("\\u has no four hexadecimal digits") }
    position += 4
    return unit
  }

  private static func character(_ units: [UInt16]) -> Character {
    String(decoding: units, as: UTF16.self).first ?? "\u{FFFD}"
  }

  private var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, UInt8.isSpace(byte) { position += 1 }
  }

  private func fault(_ reason: String) -> JSONValue.SyntaxError {
    JSONValue.SyntaxError(offset: position - bytes.startIndex, reason: reason)
  }
}
