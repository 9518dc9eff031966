public import Experiment

/// The text of a study, as people write it: YAML in, a typed `Study` out.
public enum GridFile {
  /// Reads `text`: one grid, or the stages of a study; `file` is the name that errors show.
  ///
  /// Throws `GridFileError` with every fault of the text, in the order of its lines. A faulty file
  /// gives no study at all.
  public static func decode(_ text: String, file: String) throws(GridFileError) -> Study {
    let log = ProblemLog()
    let study = try Value(text, file: file, log: log).flatMap { StudyReader(log: log).study($0) }
    guard let study, log.problems.isEmpty else {
      throw GridFileError(file: file, problems: log.problems)
    }
    return study
  }
}
