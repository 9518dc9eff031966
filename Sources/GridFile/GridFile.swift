public import Experiment

/// The text of a grid, as people write it: YAML in, a typed `Grid` out.
public enum GridFile {
  /// Reads `text`; `file` is the name that errors show.
  ///
  /// Throws `GridFileError` with every fault of the text, in the order of its lines. A faulty file
  /// gives no grid at all.
  public static func decode(_ text: String, file: String) throws(GridFileError) -> Grid {
    let log = ProblemLog()
    let mapping = try MappingReader(text, file: file, log: log)
    guard let grid = mapping.flatMap({ GridReader(log: log).grid($0) }), log.problems.isEmpty else {
      throw GridFileError(file: file, problems: log.problems)
    }
    return grid
  }

  /// The parsed text as JSON with sorted keys: equal for files that mean the same, and the grid's
  /// identity.
  ///
  /// Throws as `decode` does.
  public static func canonicalSource(
    of text: String, file: String
  ) throws(GridFileError) -> String {
    try decode(text, file: file).canonicalSource
  }
}
