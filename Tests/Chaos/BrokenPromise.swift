/// Why the ordeal cannot go on.
enum BrokenPromise: Error, CustomStringConvertible {
  /// A command of the driver's did not exit with 0.
  case refused(command: String, code: Int32)
  /// A process ended though nobody struck it.
  case ended(String, code: Int32)
  /// For a minute nothing was recorded.
  case stuck(String)

  var description: String {
    switch self {
    case .refused(let command, let code): "`orchestrator \(command)` exited with \(code)"
    case .ended(let name, let code): "\(name) ended by itself with \(code)"
    case .stuck(let state): "nothing has moved for a minute: \(state)"
    }
  }
}
