import Supervision
import Wire

extension ObservedRun {
  /// How it ended, to stand after “it”.
  func ending(_ settings: ConformanceSettings) -> String {
    switch cut {
    case .kill: return "was killed as planned"
    case .graceOver:
      return "was still running \(Self.seconds(settings.grace)) later and had to be killed"
    case .silence:
      return "printed nothing for \(Self.seconds(settings.silence)) and was killed"
    case .violation(let violation): return "was stopped: \(violation.fact)"
    case nil: break
    }
    let last = log.split(separator: "\n").last.map { "; its last words: \($0)" } ?? ""
    return switch exit {
    case .notStarted(let reason): "could not be started: \(reason)"
    case .code(let code):
      "exited with code \(code)\(finished == nil ? "" : " after `finished`")\(last)"
    case .signal(let number): "was ended by signal \(number)\(last)"
    }
  }

  private static func seconds(_ duration: Duration) -> String { "\(duration / .seconds(1)) s" }
}

extension ProtocolViolation {
  /// What was printed, without advice.
  var fact: String { description.split(separator: "\n").first.map(String.init) ?? "" }
}

extension TrainerEvent {
  /// The word under `event`.
  var name: String {
    switch self {
    case .started: "started"
    case .step: "step"
    case .eval: "eval"
    case .checkpoint: "checkpoint"
    case .metric: "metric"
    case .warning: "warning"
    case .finished: "finished"
    case .diverged: "diverged"
    }
  }
}
