extension Cleaner {
  static func pod(_ source: SourceText, into text: inout CleanText) {
    var isForeign = false
    for block in source.blocks {
      let first = block[0]
      if first.hasPrefix("=begin") { isForeign = true }
      if first.hasPrefix("=end") { isForeign = false }
      // Code is indented.
      if isForeign || first.indent > 0 { continue }
      if first.hasPrefix("=head") {
        let title = block.unwrapped.drop { $0 != 0x20 }
        text.endDocument(atLeast: CleanText.pageBytes)
        text.add(withoutFormatting(title[...]))
      } else if !first.hasPrefix("=") {
        let sentence = withoutFormatting(block.unwrapped[...])
        if Prose.accepts(sentence) { text.add(sentence) }
      }
    }
  }

  /// `B<text>`, `C<< text >>`, `L<text|target>` become text, `E<gt>` its character; `X<…>` and
  /// `Z<>` go.
  static func withoutFormatting(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var position = line.startIndex
    while position < line.endIndex {
      guard let code = formattingCode(line, at: position) else {
        output.append(line[position])
        position += 1
        continue
      }
      let inside = line[code.inside]
      switch line[position] {
      case UInt8(ascii: "X"), UInt8(ascii: "Z"): break
      case UInt8(ascii: "E"): output.append(contentsOf: character(named: inside))
      case UInt8(ascii: "L"):
        let end = inside.firstIndex(of: UInt8(ascii: "|")) ?? inside.endIndex
        output.append(contentsOf: withoutFormatting(inside[..<end]))
      default: output.append(contentsOf: withoutFormatting(inside))
      }
      position = code.end
    }
    return output
  }

  /// The code that begins at `start`: a capital letter and one or more angle brackets, closed by
  /// as many.
  private static func formattingCode(
    _ line: ArraySlice<UInt8>, at start: Int
  ) -> (inside: Range<Int>, end: Int)? {
    guard "BCEFILSXZ".utf8.contains(line[start]) else { return nil }
    let opening = line[(start + 1)...].prefix { $0 == UInt8(ascii: "<") }
    guard !opening.isEmpty else { return nil }
    if opening.count > 1 {
      let mark = String(repeating: ">", count: opening.count)
      guard let close = line.firstRange(of: mark, from: opening.endIndex) else { return nil }
      let inside = line[opening.endIndex..<close.lowerBound].trimmed
      return (inside.startIndex..<inside.endIndex, close.upperBound)
    }
    var depth = 1
    var position = opening.endIndex
    while position < line.endIndex {
      if line[position] == UInt8(ascii: ">") { depth -= 1 }
      if line[position] == UInt8(ascii: "<"), (65...90).contains(line[position - 1]) { depth += 1 }
      if depth == 0 { return (opening.endIndex..<position, position + 1) }
      position += 1
    }
    return nil
  }

  private static func character(named name: ArraySlice<UInt8>) -> [UInt8] {
    switch String(decoding: name, as: UTF8.self) {
    case "lt": [UInt8(ascii: "<")]
    case "gt": [UInt8(ascii: ">")]
    case "verbar": [UInt8(ascii: "|")]
    case "sol": [UInt8(ascii: "/")]
    default: []
    }
  }
}
