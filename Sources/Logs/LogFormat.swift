public import Logging

/// How a program's log is written to standard error.
public enum LogFormat: String, Sendable, CaseIterable {
  /// Lines for people.
  case text
  /// One JSON object a line, for whatever collects them.
  case json

  /// A logger of that format; `level` is the least that is written.
  public func logger(_ label: String, level: Logger.Level) -> Logger {
    var logger =
      switch self {
      case .text: Logger(label: label) { StreamLogHandler.standardError(label: $0) }
      case .json: Logger(label: label) { JSONLogHandler(label: $0) }
      }
    logger.logLevel = level
    return logger
  }
}
