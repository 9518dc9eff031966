/// All that is wrong with one grid file.
public struct GridFileError: Error, Hashable, Sendable {
  public var file: String
  /// In the order of the lines; never empty.
  public var problems: [Problem]

  init(file: String, problems: [Problem]) {
    self.file = file
    self.problems = problems.sorted { $0.line < $1.line }
  }
}

extension GridFileError: CustomStringConvertible {
  /// One line a problem: `grid.yaml:12: families.moe.base.A: …`.
  public var description: String {
    problems.map { "\(file):\($0)" }.joined(separator: "\n")
  }
}

/// One fault: where it is, what it is, and what would be right.
public struct Problem: Hashable, Sendable {
  /// From 1.
  public var line: Int
  /// The key and those around it, `families.moe.axes[1].A`; empty for the file as a whole.
  public var path: String
  public var fault: Fault

  public enum Fault: Hashable, Sendable {
    /// The text is no YAML.
    case syntax(String)
    /// Keys that one mapping has twice.
    case duplicateKeys([String])
    /// A key that nothing reads.
    case unknownKey(nearest: String?, known: [String])
    /// A key that must be there.
    case missing(expected: String)
    /// A list where a mapping belongs, and the like.
    case wrongKind(expected: String, found: String)
    /// A value that its key does not take.
    case badValue(String, expected: String)
    /// A name outside a closed list.
    case unknownName(String, nearest: String?, known: [String])
    /// A value that a list has twice.
    case repeated(String)
    /// Two keys that say the same thing, or contradict each other.
    case conflict(with: String, advice: String)
  }
}

extension Problem: CustomStringConvertible {
  public var description: String {
    "\(line): " + (path.isEmpty ? "" : "\(path): ") + fault.description
  }
}

extension Problem.Fault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .syntax(let detail): "this is no YAML: \(detail)"
    case .duplicateKeys(let keys):
      "the mapping that starts here has \(keys.joined(separator: ", ")) more than once; keep one"
    case .unknownKey(let nearest, let known):
      "unknown key; " + suggestion(nearest, known)
    case .missing(let expected): "missing; give \(expected)"
    case .wrongKind(let expected, let found): "expected \(expected), found \(found)"
    case .badValue(let text, let expected): "\"\(text)\" is not \(expected)"
    case .unknownName(let text, let nearest, let known):
      "\"\(text)\" is unknown; " + suggestion(nearest, known)
    case .repeated(let text): "\"\(text)\" stands here twice; keep one"
    case .conflict(let other, let advice): "conflicts with \(other); \(advice)"
    }
  }

  private func suggestion(_ nearest: String?, _ known: [String]) -> String {
    if let nearest { return "did you mean \(nearest)?" }
    return known.count == 1
      ? "only \(known[0]) goes here"
      : "known are " + known.joined(separator: ", ")
  }
}
