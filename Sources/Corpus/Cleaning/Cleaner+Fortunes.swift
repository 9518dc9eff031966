extension Cleaner {
  /// Sayings lie between lines of a single percent sign. Their lines are kept apart: many are verse
  /// or dialogue.
  static func fortunes(_ source: SourceText, into text: inout CleanText) {
    for line in source.lines {
      if line.trimmed.elementsEqual([UInt8(ascii: "%")]) {
        text.endDocument()
      } else {
        text.add(withoutOverstrikes(line))
      }
    }
  }

  /// A letter, a backspace and a letter is the last letter, underlined or bold.
  private static func withoutOverstrikes(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    for byte in line {
      if byte == 0x08 { _ = output.popLast() } else { output.append(byte) }
    }
    return output
  }
}
