/// A sentence's last word in a text, by its place in the text's bytes.
struct SentenceEnd {
  /// Where the context begins: at the start of a sentence.
  let start: Int
  /// The space before the word.
  let space: Int
  /// The byte that ends the sentence: `.`, `!` or `?`.
  let mark: Int

  /// Words of small letters, so many bytes long, are asked for.
  static let wordBytes = 3...16
  /// A shorter context says too little.
  static let leastContext = 40

  /// The places in `text` where a sentence ends in a word of small letters, and whose context, at most
  /// `contextBytes` long, begins with a sentence.
  static func all(in text: [UInt8], contextBytes: Int) -> [SentenceEnd] {
    var starts = [0]
    var first = 0
    var ends: [SentenceEnd] = []
    for position in text.indices {
      if text.isBlankLine(at: position) { starts.append(text.nonSpace(from: position)) }
      guard text[position].endsSentence, text.isSpace(at: position + 1) else { continue }
      if let space = text.spaceBeforeWord(endingAt: position) {
        while first < starts.count, starts[first] < space - contextBytes { first += 1 }
        if first < starts.count, space - starts[first] >= leastContext {
          ends.append(SentenceEnd(start: starts[first], space: space, mark: position))
        }
      }
      starts.append(text.nonSpace(from: position + 1))
    }
    return ends
  }

  /// The words of small letters in `text`, each as often as it occurs.
  static func words(in text: [UInt8]) -> [ArraySlice<UInt8>] {
    text.split { !$0.isSmallLetter && !$0.isCapital }.filter { $0.allSatisfy(\.isSmallLetter) }
  }
}

extension [UInt8] {
  /// Whether white space, or the end, is there.
  fileprivate func isSpace(at position: Int) -> Bool {
    position >= count || self[position] == UInt8(ascii: " ")
      || self[position] == UInt8(ascii: "\n")
  }

  /// Whether a second line break is there: a single one may lie within a sentence.
  fileprivate func isBlankLine(at position: Int) -> Bool {
    position > 0 && self[position] == UInt8(ascii: "\n")
      && self[position - 1] == UInt8(ascii: "\n")
  }

  /// The first place from `position` on without white space, or the end.
  fileprivate func nonSpace(from position: Int) -> Int {
    var place = position
    while place < count, isSpace(at: place) { place += 1 }
    return place
  }

  /// The place of the single space before the word that ends just before `end`; nil unless the word
  /// is one that is asked for.
  fileprivate func spaceBeforeWord(endingAt end: Int) -> Int? {
    var start = end
    while start > 0, self[start - 1].isSmallLetter { start -= 1 }
    guard SentenceEnd.wordBytes.contains(end - start), start >= 2,
      self[start - 1] == UInt8(ascii: " "), !isSpace(at: start - 2)
    else { return nil }
    return start - 1
  }
}

extension UInt8 {
  fileprivate var endsSentence: Bool { [0x2e, 0x21, 0x3f].contains(self) }
  fileprivate var isSmallLetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }
  fileprivate var isCapital: Bool { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self }
}
