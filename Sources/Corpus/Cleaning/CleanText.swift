import Foundation

/// Documents of cleaned text, growing: paragraphs end in a newline, documents in a zero byte,
/// neither of which occurs in cleaned text itself.
struct CleanText {
  static let documentEnd: UInt8 = 0

  private(set) var bytes: [UInt8] = []
  private var documentStart = 0

  /// Adds a paragraph: control characters and line breaks become spaces, runs of spaces one.
  /// Empty paragraphs are left out.
  mutating func add(_ paragraph: some Sequence<UInt8>) {
    let start = bytes.count
    var space = true
    var previous: UInt8 = 0
    for byte in paragraph {
      // A no-break space is C2 A0, a soft hyphen C2 AD.
      if previous == 0xc2, byte == 0xa0 || byte == 0xad {
        bytes.removeLast()
        if byte == 0xa0, !space {
          bytes.append(0x20)
          space = true
        }
        previous = 0
        continue
      }
      previous = byte
      if byte <= 0x20 || byte == 0x7f {
        if !space { bytes.append(0x20) }
        space = true
      } else {
        bytes.append(byte)
        space = false
      }
    }
    while bytes.count > start, bytes.last == 0x20 { bytes.removeLast() }
    if bytes.count > start { bytes.append(0x0a) }
  }

  /// Ends the document, if it has any text.
  mutating func endDocument() {
    guard bytes.count > documentStart else { return }
    bytes.append(Self.documentEnd)
    documentStart = bytes.count
  }

  /// Ends the document if it has at least `limit` bytes: cuts books into parts of a few pages, so
  /// that a split by document has enough of them.
  mutating func endDocument(atLeast limit: Int) {
    if bytes.count - documentStart >= limit { endDocument() }
  }

  /// Bytes of a document that a long text is cut into.
  static let pageBytes = 8192
}
