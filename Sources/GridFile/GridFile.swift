public import Experiment
import Yams

/// The text of a study, as people write it: YAML in, a typed `Study` out.
public enum GridFile {
  /// Reads `text`: one grid, or the stages of a study; `file` is the name that errors show.
  ///
  /// Throws `GridFileError` with every fault of the text, in the order of its lines. A faulty file
  /// gives no study at all.
  public static func decode(_ text: String, file: String) throws(GridFileError) -> Study {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw GridFileError(file: file, problems: [Problem(syntax: error)])
    }
    let log = ProblemLog()
    let study = root.flatMap { node in
      StudyReader(log: log).study(Value(node: node, path: "", log: log))
    }
    if study == nil, log.problems.isEmpty {
      log.add(line: 1, path: "", .wrongKind(expected: "a mapping of keys", found: "nothing"))
    }
    guard let study, log.problems.isEmpty else {
      throw GridFileError(file: file, problems: log.problems)
    }
    return study
  }
}
