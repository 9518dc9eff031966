extension Cleaner {
  static func restructuredText(_ source: SourceText, into text: inout CleanText) {
    // Blocks indented deeper than this are code or a directive's data; nil outside.
    var skippedBelow: Int?
    for block in source.blocks {
      let indent = block[0].indent
      if let limit = skippedBelow {
        if indent > limit { continue }
        skippedBelow = nil
      }
      if let heading = heading(of: block) {
        text.add(heading)
        text.endDocument(atLeast: CleanText.pageBytes)
        continue
      }
      if block[0].trimmed.hasPrefix("..") {
        if !directiveHoldsProse(block[0].trimmed) {
          skippedBelow = indent
          continue
        }
        // A directive's first line names it; what follows may be sentences.
        addSentences(Array(block.dropFirst()), into: &text)
      } else {
        addSentences(block, into: &text)
      }
      if block.last!.trimmed.hasSuffix("::") { skippedBelow = indent }
    }
  }

  /// A title is a line with a line of punctuation below, and perhaps above.
  private static func heading(of block: [ArraySlice<UInt8>]) -> ArraySlice<UInt8>? {
    let lines = block.filter { !isRule($0.trimmed) }
    return lines.count == 1 && block.count > 1 && block.count <= 3 ? lines[0].trimmed : nil
  }

  /// Three or more of one punctuation mark.
  private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.count >= 3, let first = line.first else { return false }
    return "=-~^\"'`*+#:.".utf8.contains(first) && line.allSatisfy { $0 == first }
  }

  private static let dataDirectives = [
    "code", "highlight", "parsed-literal", "productionlist", "toctree", "index", "image", "figure",
    "math", "kernel-doc", "table", "list-table", "csv-table", "flat-table", "literalinclude",
    "include", "testcode", "testsetup", "testoutput", "doctest", "raw", "contents",
    "tabularcolumns",
    "graphviz", "kernel-", "sectionauthor", "moduleauthor", "only", "_", "|", "sourcecode",
    "opcode",
  ]

  /// Notes, warnings and descriptions of functions hold sentences; code and tables do not.
  /// A comment has no `::` and holds neither.
  private static func directiveHoldsProse(_ line: ArraySlice<UInt8>) -> Bool {
    let name = line.dropFirst(2).trimmed
    return name.firstRange(of: "::", from: name.startIndex) != nil
      && !dataDirectives.contains { name.hasPrefix($0) }
  }

  private static func addSentences(_ block: [ArraySlice<UInt8>], into text: inout CleanText) {
    var item: [ArraySlice<UInt8>] = []
    func flush() {
      guard !item.isEmpty else { return }
      let sentence = withoutRoles(item.map(\.trimmed).unwrapped[...])
      if Prose.accepts(sentence) { text.add(sentence) }
      item = []
    }
    for line in block {
      let trimmed = line.trimmed
      if let bullet = bulletLength(trimmed) {
        flush()
        item = [trimmed.dropFirst(bullet)]
      } else {
        item.append(trimmed)
      }
    }
    flush()
  }

  /// Bytes of a leading `* `, `- `, `1. ` or `:field: `.
  private static func bulletLength(_ line: ArraySlice<UInt8>) -> Int? {
    if line.hasPrefix("* ") || line.hasPrefix("- ") || line.hasPrefix("+ ") { return 2 }
    let digits = line.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    if (1...2).contains(digits.count), line.dropFirst(digits.count).hasPrefix(". ") {
      return digits.count + 2
    }
    if line.hasPrefix(":"), let end = line.dropFirst().firstIndex(of: UInt8(ascii: ":")),
      line[(end + 1)...].hasPrefix(" ")
    {
      return end + 2 - line.startIndex
    }
    return nil
  }

  /// ``` :role:`text <target>` ``` and ``` `text <address>`_ ``` become their text; stars and back
  /// quotes go.
  private static func withoutRoles(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var position = line.startIndex
    while position < line.endIndex {
      let byte = line[position]
      switch byte {
      case UInt8(ascii: ":"):
        let role = line[(position + 1)...].prefix {
          UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: ":")
            || $0 == UInt8(ascii: "-")
        }
        if role.last == UInt8(ascii: ":"), role.endIndex < line.endIndex,
          line[role.endIndex] == UInt8(ascii: "`")
        {
          position = role.endIndex
        } else {
          output.append(byte)
          position += 1
        }
      case UInt8(ascii: "`"):
        position = quoted(line, from: position, into: &output)
      case UInt8(ascii: "*"), UInt8(ascii: "\\"):
        position += 1
      default:
        output.append(byte)
        position += 1
      }
    }
    return output
  }

  /// Copies what a back quote opens, without a target in angle brackets, and returns the position
  /// after it.
  private static func quoted(
    _ line: ArraySlice<UInt8>, from open: Int, into output: inout [UInt8]
  ) -> Int {
    let mark = UInt8(ascii: "`")
    let start = line[open...].firstIndex { $0 != mark } ?? line.endIndex
    guard let end = line[start...].firstIndex(of: mark) else { return start }
    var inside = line[start..<end]
    if start - open == 1, inside.last == UInt8(ascii: ">"),
      let target = inside.lastIndex(of: UInt8(ascii: "<")), target > start
    {
      inside = inside[..<target].trimmed
    }
    if inside.first == UInt8(ascii: "~") || inside.first == UInt8(ascii: "!") {
      inside = inside.dropFirst()
    }
    output.append(contentsOf: inside)
    var position = line[end...].firstIndex { $0 != mark } ?? line.endIndex
    while position < line.endIndex, line[position] == UInt8(ascii: "_") { position += 1 }
    return position
  }
}
