import Wire

/// JSON as this module writes it.
enum JSONText {
  /// An object of `members` in their order; those that are null are left out.
  static func object(_ members: [(String, Table.Value)]) -> String {
    var text = "{"
    for (name, value) in members {
      guard let value = scalar(value) else { continue }
      if text.utf8.count > 1 { text += "," }
      text += "\(quoted(name)):\(value)"
    }
    return text + "}"
  }

  private static func scalar(_ value: Table.Value) -> String? {
    switch value {
    case .null: nil
    case .integer, .real: value.shortest
    case .text(let text): quoted(text)
    }
  }

  private static func quoted(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 32 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      return "\"\(text)\""
    }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
