/// JSON (RFC 8259) with the digits of its numbers and the order of its keys as written. Foundation's
/// reader keeps neither: 2.3976109618296744 comes back from it as 2.397610961829675.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// As written; `NaN` and `Infinity` too, which Python writes.
  case number(String)
  case string(String)
  /// An array, as written.
  case array(String)
  case object([Member])

  struct Member: Hashable, Sendable {
    var key: String
    var value: JSONValue
  }

  /// What makes a text no JSON, and after how many bytes.
  struct SyntaxError: Error, Hashable {
    var offset: Int
    var reason: String
  }

  /// The value that all of `bytes` are.
  init(_ bytes: ArraySlice<UInt8>) throws(SyntaxError) {
    var scanner = JSONScanner(bytes)
    self = try scanner.value()
    try scanner.end()
  }
}
