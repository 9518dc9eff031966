extension Cleaner {
  /// The export is a line `$$$Book chapter:verse` before each verse's markup.
  static func osis(_ source: SourceText, into text: inout CleanText) {
    var chapter: ArraySlice<UInt8> = []
    var paragraph: [UInt8] = []
    for line in source.lines {
      if line.hasPrefix("$$$") {
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        if name.elementsEqual(chapter) { continue }
        chapter = name
        text.add(paragraph)
        paragraph = []
        text.endDocument()
      } else {
        markup(line, paragraph: &paragraph, into: &text)
        paragraph.append(0x20)
      }
    }
    text.add(paragraph)
  }

  /// Tags whose start, end or milestone begins a paragraph.
  private static let blockTags = ["div", "title", "lg", "l ", "l>", "lb", "p ", "p>"]
  /// Elements that are left out with all they hold.
  private static let asides = ["note": "</note>", "figure": "</figure>"]

  private static func markup(
    _ line: ArraySlice<UInt8>, paragraph: inout [UInt8], into text: inout CleanText
  ) {
    var position = line.startIndex
    while position < line.endIndex {
      guard line[position] == UInt8(ascii: "<") else {
        position = plain(line, from: position, into: &paragraph)
        continue
      }
      guard let close = line[position...].firstIndex(of: UInt8(ascii: ">")) else { return }
      let tag = line[(position + 1)...close]
      let name = tag.first == UInt8(ascii: "/") ? tag.dropFirst() : tag
      position = close + 1
      if let aside = asides.first(where: { tag.hasPrefix($0.key) }),
        !tag.hasSuffix("/>")
      {
        position = line.firstRange(of: aside.value, from: position)?.upperBound ?? line.endIndex
      } else if blockTags.contains(where: { name.hasPrefix($0) }) {
        text.add(paragraph)
        paragraph = []
        text.endDocument(atLeast: CleanText.pageBytes)
      }
    }
  }

  private static let entities: [(name: String, byte: UInt8)] = [
    ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")), ("&quot;", UInt8(ascii: "\"")),
    ("&apos;", UInt8(ascii: "'")), ("&amp;", UInt8(ascii: "&")),
  ]

  /// Copies one character of text and returns the position after it.
  private static func plain(
    _ line: ArraySlice<UInt8>, from position: Int, into paragraph: inout [UInt8]
  ) -> Int {
    if line[position] == UInt8(ascii: "&"),
      let entity = entities.first(where: { line[position...].hasPrefix($0.name) })
    {
      paragraph.append(entity.byte)
      return position + entity.name.utf8.count
    }
    // Emphasis that the modules carry as text.
    if line[position] != UInt8(ascii: "*") { paragraph.append(line[position]) }
    return position + 1
  }
}
