/// Why a figure cannot be drawn.
public enum FigureError: Error, Hashable, Sendable {
  /// No series has a point.
  case empty(title: String)
  /// A value that the axis cannot show.
  case unshowable(series: String, axis: String, value: Double, isLog: Bool)
  /// No gnuplot on the search path.
  case gnuplotNotFound(path: String)
  /// gnuplot could not be started.
  case gnuplotNotStarted(executable: String, reason: String)
  /// gnuplot refused the script.
  case gnuplotFailed(status: Int32, message: String)
}

extension FigureError: CustomStringConvertible {
  /// What was wrong and what to do.
  public var description: String {
    switch self {
    case .empty(let title):
      "figure '\(title)' has no points: there is nothing to draw yet"
    case .unshowable(let series, let axis, let value, let isLog):
      "series '\(series)' has \(axis) = \(value), which \(isLog ? "a logarithmic" : "an") axis "
        + "cannot show; values must be finite\(isLog ? " and above 0" : "")"
    case .gnuplotNotFound(let path):
      "gnuplot is not in PATH (\(path)); install it, on Debian with: apt-get install gnuplot-nox"
    case .gnuplotNotStarted(let executable, let reason):
      "\(executable) could not be started: \(reason)"
    case .gnuplotFailed(let status, let message):
      "gnuplot ended with status \(status): \(message)"
    }
  }
}
