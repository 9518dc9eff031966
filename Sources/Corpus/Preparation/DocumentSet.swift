/// All documents of a corpus: split, without repeated paragraphs, in an order that mixes the
/// sources.
struct DocumentSet: Sendable {
  struct Document: Sendable {
    /// Index of the source it came from.
    let source: Int
    /// Its bytes in ``DocumentSet/text``.
    let range: Range<Int>
    /// Places it among the others.
    let order: UInt64
  }

  /// What ends a paragraph.
  enum ParagraphEnd: String, Codable, Sendable {
    case newline, blankLine
  }

  private(set) var text: [UInt8] = []
  private(set) var train: [Document] = []
  private(set) var validation: [Document] = []
  private var seen: Set<UInt64> = []

  let seed: UInt64
  /// Share of documents that judge, not teach.
  let validationShare: Double

  /// Paragraphs at least this long count as repeated when seen before; shorter ones are headings
  /// and the like, and repeat for good reason.
  static let repeatedBytes = 40

  init(seed: UInt64, validationShare: Double) {
    self.seed = seed
    self.validationShare = validationShare
  }

  subscript(_ split: Split) -> [Document] {
    switch split {
    case .train: train
    case .validation: validation
    }
  }

  /// The split of a document with these bytes: a matter of its content alone, so neither its place
  /// nor the other documents move it.
  func split(of bytes: UnsafeRawBufferPointer) -> Split {
    let hash = StableHash.of(bytes, seed: seed)
    return Double(hash >> 11) * 0x1p-53 < validationShare ? .validation : .train
  }

  /// Adds the documents of `source`, each ended by a zero byte.
  mutating func add(_ bytes: UnsafeRawBufferPointer, source: Int, paragraphs: ParagraphEnd) {
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: CleanText.documentEnd) ?? bytes.count
      add(
        document: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), source: source,
        paragraphs: paragraphs)
      start = end + 1
    }
  }

  /// Puts the documents in their order: by hash, so that every stretch of the corpus holds every
  /// source in proportion.
  mutating func shuffle() {
    let before: (Document, Document) -> Bool = {
      ($0.order, $0.range.lowerBound) < ($1.order, $1.range.lowerBound)
    }
    train.sort(by: before)
    validation.sort(by: before)
  }

  private mutating func add(
    document: UnsafeRawBufferPointer, source: Int, paragraphs: ParagraphEnd
  ) {
    let start = text.count
    var hasLost = false
    var hasSubstance = false
    var position = 0
    while position < document.count {
      let end = Self.paragraphEnd(in: document, from: position, paragraphs)
      let paragraph = UnsafeRawBufferPointer(rebasing: document[position..<end])
      position = end
      if paragraph.count < Self.repeatedBytes {
        text.append(contentsOf: paragraph)
      } else if seen.insert(Self.identity(of: paragraph)).inserted {
        text.append(contentsOf: paragraph)
        hasSubstance = true
      } else {
        hasLost = true
      }
    }
    while text.count > start, text[text.count - 1] == 0x0a { text.removeLast() }
    // Headings whose text was all seen before are no document.
    guard text.count > start, hasSubstance || !hasLost else {
      text.removeLast(text.count - start)
      return
    }
    let placed = Document(
      source: source, range: start..<text.count, order: StableHash.of(document, seed: ~seed))
    switch split(of: document) {
    case .train: train.append(placed)
    case .validation: validation.append(placed)
    }
  }

  /// What repeats of a paragraph share: its text, not the line breaks after it, of which the last
  /// paragraph of a document has none.
  private static func identity(of paragraph: UnsafeRawBufferPointer) -> UInt64 {
    var count = paragraph.count
    while count > 0, paragraph[count - 1] == 0x0a { count -= 1 }
    return StableHash.of(UnsafeRawBufferPointer(rebasing: paragraph[..<count]))
  }

  /// Position after the paragraph that begins at `start`, its line breaks included.
  private static func paragraphEnd(
    in document: UnsafeRawBufferPointer, from start: Int, _ paragraphs: ParagraphEnd
  ) -> Int {
    var position = start
    while let newline = document[position...].firstIndex(of: 0x0a) {
      var end = newline + 1
      if paragraphs == .newline { return end }
      while end < document.count, document[end] == 0x0a { end += 1 }
      if end > newline + 1 { return end }
      position = end
    }
    return document.count
  }
}
