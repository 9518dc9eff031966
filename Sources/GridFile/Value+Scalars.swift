import Experiment
import Yams

/// Scalars are read from their text: YAML's own reading would make 8 of 010 and 750 of 12:30.
extension Value {
  /// The text of a plain value, or nil with a report.
  func text(_ expected: String) -> String? {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
      report(.wrongKind(expected: expected, found: kind))
      return nil
    }
    return scalar.string
  }

  /// A name that can stand in a path: letters, digits, `.`, `-` and `_`.
  func name() -> String? {
    let expected = "a name of \(FolderName.rule)"
    guard let text = text(expected) else { return nil }
    guard FolderName(text) != nil else {
      report(.badValue(text, expected: expected))
      return nil
    }
    return text
  }

  /// An exact fraction that `allows` accepts.
  func ratio(_ range: String, _ allows: (Ratio) -> Bool) -> Ratio? {
    let expected = "a number such as 1/32, 0.25 or 3.1%"
    guard let text = text(expected) else { return nil }
    guard let ratio = Ratio(parsing: text) else {
      report(.badValue(text, expected: expected))
      return nil
    }
    guard allows(ratio) else {
      report(.badValue(text, expected: range))
      return nil
    }
    return ratio
  }

  /// A decimal number that `allows` accepts, or a fraction of two.
  func number(_ range: String, _ allows: (Double) -> Bool) -> Double? {
    guard let text = text(range) else { return nil }
    let plain = text.utf8.allSatisfy {
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == 0x2E
        || $0 == 0x2B || $0 == 0x2D || $0 == 0x65 || $0 == 0x45
    }
    let value = plain ? Double(text) : Ratio(parsing: text)?.doubleValue
    guard let value, value.isFinite, allows(value) else {
      report(.badValue(text, expected: range))
      return nil
    }
    return value
  }

  /// A whole number within `range`, in decimal digits.
  func integer(_ range: ClosedRange<Int>) -> Int? {
    let expected =
      range.upperBound == .max
      ? "a whole number from \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let text = text(expected) else { return nil }
    guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      let value = Int(text), range.contains(value)
    else {
      report(.badValue(text, expected: expected))
      return nil
    }
    return value
  }

  /// One of a closed list of names.
  func choice<Name: RawRepresentable<String> & CaseIterable>(_ type: Name.Type) -> Name? {
    let known = Name.allCases.map(\.rawValue)
    guard let text = text("one of " + known.joined(separator: ", ")) else { return nil }
    if let name = Name(rawValue: text) { return name }
    report(.unknownName(text, nearest: nearestName(to: text, in: known), known: known))
    return nil
  }

  /// A list of distinct values, each read by `read`.
  func list<Element: Hashable>(
    _ expected: String, _ read: (Value) -> Element?
  ) -> [Element]? {
    guard let values = elements(expected) else { return nil }
    var seen: Set<Element> = []
    var list: [Element] = []
    for value in values {
      guard let element = read(value) else { continue }
      if seen.insert(element).inserted {
        list.append(element)
      } else {
        value.report(.repeated(value.node.scalar?.string ?? value.kind))
      }
    }
    return list
  }
}
