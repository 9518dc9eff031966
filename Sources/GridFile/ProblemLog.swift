import Yams

/// Gathers the faults of one file while it is read, so that all of them are told at once.
final class ProblemLog {
  private(set) var problems: [Problem] = []

  /// A fault of what several stages share is met once a stage, and told once.
  func add(line: Int, path: String, _ fault: Problem.Fault) {
    guard !problems.contains(where: { $0.line == line && $0.fault == fault }) else { return }
    problems.append(Problem(line: line, path: path, fault: fault))
  }
}

extension Problem {
  /// The fault that Yams met while it composed the text.
  init(syntax error: any Error) {
    switch error {
    case YamlError.duplicatedKeysInMapping(let duplicates, let context):
      self.init(line: context.mark.line, path: "", fault: .duplicateKeys(duplicates))
    case YamlError.scanner(_, let problem, let mark, _),
      YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      self.init(line: mark.line, path: "", fault: .syntax(problem))
    case YamlError.reader(let problem, _, _, _):
      self.init(line: 1, path: "", fault: .syntax(problem))
    default:
      self.init(line: 1, path: "", fault: .syntax("\(error)"))
    }
  }
}
