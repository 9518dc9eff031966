/// Tells sentences from code, tables and lists of names.
enum Prose {
  /// Shorter paragraphs are no evidence of anything.
  static let minimumBytes = 40

  /// Whether `paragraph` reads like a sentence: long enough, mostly letters, ended by punctuation.
  static func accepts(_ paragraph: some Collection<UInt8>) -> Bool {
    guard paragraph.count >= minimumBytes else { return false }
    var letters = 0
    var spaces = 0
    var last: UInt8 = 0
    for byte in paragraph {
      switch byte {
      case 0x20: spaces += 1
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
        letters += 1
      case UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "'"): letters += 1
      default: break
      }
      if byte > 0x20 { last = byte }
    }
    let mostlyLetters = (letters + spaces) * 100 >= paragraph.count * 88
    return mostlyLetters && spaces * 12 >= paragraph.count && endings.contains(last)
  }

  private static let endings = Set(Array(".:;?!)\"'".utf8))
}
