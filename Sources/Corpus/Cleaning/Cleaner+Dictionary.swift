extension Cleaner {
  /// An entry is one or more lines at the margin, the headword, and the indented lines below.
  static func dictionary(_ source: SourceText, into text: inout CleanText) {
    var head: [ArraySlice<UInt8>] = []
    var body: [ArraySlice<UInt8>] = []
    for line in source.lines {
      let isHead = line.first.map { $0 > 0x20 } ?? false
      if isHead, !body.allSatisfy(\.isBlank) {
        entry(head, body, into: &text)
        head = []
        body = []
      }
      if isHead { head.append(line) } else { body.append(line) }
    }
    entry(head, body, into: &text)
  }

  private static func entry(
    _ head: [ArraySlice<UInt8>], _ body: [ArraySlice<UInt8>], into text: inout CleanText
  ) {
    // Entries about the file itself: its licence, its address.
    guard let first = head.first, !first.hasPrefix("00-"), !first.hasPrefix("The original data"),
      !first.hasPrefix("=====")
    else { return }
    text.add(headword(head.unwrapped))
    for paragraph in body.split(whereSeparator: \.isBlank) {
      for sense in senses(Array(paragraph)) { text.add(unmarked(sense)) }
    }
    text.endDocument()
  }

  /// Cuts where a numbered sense begins: `2:`, `n 1:`, `adj 1:`.
  private static func senses(_ lines: [ArraySlice<UInt8>]) -> [[UInt8]] {
    var senses: [[ArraySlice<UInt8>]] = []
    for line in lines {
      if senses.isEmpty || isNumbered(line.trimmed) {
        senses.append([line])
      } else {
        senses[senses.count - 1].append(line)
      }
    }
    return senses.map { withoutNumber($0.unwrapped[...].trimmed) }
  }

  private static let partsOfSpeech = ["n ", "v ", "adj ", "adv "]

  private static func isNumbered(_ line: ArraySlice<UInt8>) -> Bool {
    var rest = line
    if let part = partsOfSpeech.first(where: { line.hasPrefix($0) }) {
      rest = rest.dropFirst(part.utf8.count)
    }
    let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    return !digits.isEmpty && rest.dropFirst(digits.count).first == UInt8(ascii: ":")
  }

  /// `n 1: a meaning` becomes `a meaning`: equal meanings of synonyms are then equal paragraphs.
  private static func withoutNumber(_ sense: ArraySlice<UInt8>) -> [UInt8] {
    guard isNumbered(sense), let colon = sense.firstIndex(of: UInt8(ascii: ":")) else {
      return Array(sense)
    }
    return Array(sense[(colon + 1)...])
  }

  /// Without the pronunciation between backslashes.
  private static func headword(_ head: [UInt8]) -> [UInt8] {
    guard let open = head.firstIndex(of: UInt8(ascii: "\\")),
      let close = head[(open + 1)...].firstIndex(of: UInt8(ascii: "\\"))
    else { return unmarked(head) }
    return unmarked(Array(head[..<open].trimmed + head[(close + 1)...]))
  }

  private static let sourceMarks = ["Webster", "WordNet", "PJC"]

  /// Without link braces, and without the brackets that name an entry's source or its synonyms.
  private static func unmarked(_ paragraph: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(paragraph.count)
    var position = 0
    while position < paragraph.count {
      let byte = paragraph[position]
      if byte == UInt8(ascii: "["),
        let close = paragraph[position...].firstIndex(of: UInt8(ascii: "]"))
      {
        let inside = paragraph[(position + 1)..<close]
        let isMark =
          inside.hasPrefix("syn:") || inside.hasPrefix("ant:")
          || inside.count < 40
            && sourceMarks.contains { inside.firstRange(of: $0, from: inside.startIndex) != nil }
        if isMark {
          position = close + 1
          continue
        }
      }
      if byte != UInt8(ascii: "{"), byte != UInt8(ascii: "}") { output.append(byte) }
      position += 1
    }
    return output
  }
}
