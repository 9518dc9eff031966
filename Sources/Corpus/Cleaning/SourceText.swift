import Foundation

/// The bytes of a text file, valid UTF-8, by line.
struct SourceText {
  let bytes: [UInt8]

  /// Bytes that are not UTF-8 are left out.
  init(_ data: Data) {
    if data.withUnsafeBytes({ Self.firstInvalid(in: $0) }) == nil {
      bytes = Array(data)
    } else {
      bytes = Array(String(decoding: data, as: UTF8.self).filter { $0 != "\u{fffd}" }.utf8)
    }
  }

  init(contentsOf url: URL) throws { self.init(try Data(contentsOf: url, orUnreadable: ())) }

  /// Lines without their line break.
  var lines: [ArraySlice<UInt8>] {
    bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
      line.last == 0x0d ? line.dropLast() : line
    }
  }

  /// Runs of lines between blank ones.
  var blocks: [[ArraySlice<UInt8>]] {
    lines.split { $0.isBlank }.map(Array.init)
  }

  /// Position of the first byte that is not part of valid UTF-8.
  static func firstInvalid(in buffer: UnsafeRawBufferPointer) -> Int? {
    var decoder = Unicode.UTF8.ForwardParser()
    var iterator = buffer.makeIterator()
    var position = 0
    // Most text is ASCII, which needs no decoding.
    while position < buffer.count, buffer[position] < 0x80 { position += 1 }
    if position == buffer.count { return nil }
    position = 0
    while true {
      switch decoder.parseScalar(from: &iterator) {
      case .valid(let scalar): position += scalar.count
      case .emptyInput: return nil
      case .error: return position
      }
    }
  }
}

extension ArraySlice<UInt8> {
  /// Nothing but spaces.
  var isBlank: Bool { allSatisfy { $0 <= 0x20 } }

  /// Leading spaces; a tab counts to the next multiple of eight.
  var indent: Int {
    var indent = 0
    for byte in self {
      switch byte {
      case 0x20: indent += 1
      case 0x09: indent = (indent / 8 + 1) * 8
      default: return indent
      }
    }
    return indent
  }

  /// Without leading and trailing spaces.
  var trimmed: ArraySlice<UInt8> {
    var slice = self
    while let first = slice.first, first <= 0x20 { slice = slice.dropFirst() }
    while let last = slice.last, last <= 0x20 { slice = slice.dropLast() }
    return slice
  }

  func hasPrefix(_ prefix: String) -> Bool { starts(with: prefix.utf8) }

  func hasSuffix(_ suffix: String) -> Bool {
    count >= suffix.utf8.count && self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// Position of `text` at or after `start`.
  func firstRange(of text: String, from start: Int) -> Range<Int>? {
    let pattern = Array(text.utf8)
    guard let first = pattern.first else { return nil }
    var position = start
    while position + pattern.count <= endIndex {
      if self[position] == first, self[position..<position + pattern.count].elementsEqual(pattern) {
        return position..<position + pattern.count
      }
      position += 1
    }
    return nil
  }
}

extension Sequence<ArraySlice<UInt8>> {
  /// The lines as one, a space between them.
  var unwrapped: [UInt8] {
    var output: [UInt8] = []
    for line in self {
      if !output.isEmpty { output.append(0x20) }
      output.append(contentsOf: line)
    }
    return output
  }
}
