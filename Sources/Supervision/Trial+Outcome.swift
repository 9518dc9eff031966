import Wire

extension Trial {
  /// The exit code of a trainer that wrote a checkpoint and left on SIGTERM: EX_TEMPFAIL.
  public static let checkpointedCode: Int32 = 75

  /// The one place where an exit becomes an outcome. A result that the trainer announced wins over
  /// the way it was ended, a protocol violation over everything: what such a trainer says is not
  /// to be trusted.
  static func outcome(of exit: Exit, findings: Findings, cause: Cause?, log: String) -> Outcome {
    if case .violation(let violation) = cause {
      return .failed(.init(kind: .protocol, message: violation.description))
    }
    if let diverged = findings.diverged { return .diverged(diverged) }
    switch (exit, findings.finished) {
    case (.code(0), let finished?):
      return .finished(finished)
    case (.notStarted(let reason), _):
      return .failed(.init(kind: .start, message: reason))
    case (.code(checkpointedCode), _):
      return .released(reason: cause?.reason ?? "checkpointed and left")
    case (.code, _), (.signal, _):
      if let reason = cause?.reason { return .released(reason: reason) }
    }
    return .failed(failure(of: exit, finished: findings.finished != nil, log: log))
  }

  private static func failure(of exit: Exit, finished: Bool, log: String) -> Outcome.Failure {
    let what =
      switch exit {
      case .notStarted(let reason): reason
      case .code(0): "exited with code 0 but printed no `finished` event"
      case .code(let code):
        "exited with code \(code)" + (finished ? " after its `finished` event" : "")
      case .signal(let signal): "ended by signal \(signal)"
      }
    return .init(
      kind: FailureClass(exit, log: log),
      message: log.isEmpty ? what : "\(what); its log ends:\n\(log)")
  }
}

extension Trial.Cause {
  fileprivate var reason: String? {
    switch self {
    case .release(let reason), .stop(let reason): reason
    case .violation: nil
    }
  }
}
