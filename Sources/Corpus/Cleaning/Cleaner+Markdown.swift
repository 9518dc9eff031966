extension Cleaner {
  static func markdown(_ source: SourceText, into text: inout CleanText) {
    for block in source.blocks {
      if block[0].hasPrefix("#") { text.endDocument(atLeast: CleanText.pageBytes) }
      let lines = block.map { line in
        line.drop { $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "#") || $0 == 0x20 }
      }
      let paragraph = withoutEmphasis(lines.unwrapped[...])
      // Lists of links have few letters outside them, and no sentence.
      if block[0].hasPrefix("#") || Prose.accepts(paragraph) { text.add(paragraph) }
      text.endDocument(atLeast: 2 * CleanText.pageBytes)
    }
  }

  /// `[text](address)` becomes its text; stars and underscores around words go.
  private static func withoutEmphasis(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    var position = line.startIndex
    while position < line.endIndex {
      let byte = line[position]
      if byte == UInt8(ascii: "]"), line[(position + 1)...].hasPrefix("("),
        let close = line[position...].firstIndex(of: UInt8(ascii: ")"))
      {
        // The opening bracket belongs to the link.
        if let open = output.lastIndex(of: UInt8(ascii: "[")) { output.remove(at: open) }
        position = close + 1
      } else {
        let isMark = byte == UInt8(ascii: "*") || byte == UInt8(ascii: "_")
        if !isMark, byte != UInt8(ascii: "\\") { output.append(byte) }
        position += 1
      }
    }
    return output
  }
}
