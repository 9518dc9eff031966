public import Wire

/// One execution of a trainer as a state machine: what it said, what it was asked, how it ended.
/// Each transition returns what is to be done; nothing is done here.
public enum Trial: Hashable, Sendable {
  /// It runs by itself.
  case running(Findings)
  /// It was told to end, or killed, and has not exited yet.
  case ending(Findings, Cause)
  case ended(Outcome)

  /// What the trainer said about its result.
  public struct Findings: Hashable, Sendable {
    /// The last line of a run that is done.
    public var finished: TrainerEvent.Finished?
    /// The loss left the range of a model that learns.
    public var diverged: TrainerEvent.Diverged?
    /// It said that SIGUSR1 makes it write a checkpoint.
    public var checkpointsOnRequest = false
  }

  /// Why the trainer ends before it is done.
  public enum Cause: Hashable, Sendable {
    /// The run is given back: the trainer may write a checkpoint first.
    case release(reason: String)
    /// The run is no longer this worker's: nothing that the trainer still does counts.
    case stop(reason: String)
    /// It does not speak the protocol.
    case violation(ProtocolViolation)
  }

  /// How a trainer process ended.
  public enum Exit: Hashable, Sendable {
    case notStarted(reason: String)
    case code(Int32)
    case signal(Int32)
  }

  /// What a transition asks for.
  public enum Action: Hashable, Sendable {
    case deliver([TrainerEvent])
    /// Sends SIGTERM to the group, and calls `graceElapsed` later.
    case terminate
    /// Sends SIGUSR1 to the group.
    case requestCheckpoint
    /// Sends SIGKILL to the group.
    case kill
  }

  /// A trainer that has just been started.
  public init() { self = .running(Findings()) }

  /// The trainer printed something.
  public mutating func printed(_ parsed: TrainerEventParser.Parsed) -> [Action] {
    var actions: [Action] = parsed.events.isEmpty ? [] : [.deliver(parsed.events)]
    switch self {
    case .running(var findings):
      findings.note(parsed.events)
      self = .running(findings)
      if let violation = parsed.violation {
        self = .ending(findings, .violation(violation))
        actions.append(.kill)
      }
      return actions
    case .ending(var findings, .release(let reason)):
      // Its last checkpoint still counts; how it leaves does not matter any more.
      findings.note(parsed.events)
      self = .ending(findings, .release(reason: reason))
      return actions
    case .ending(_, .stop), .ending(_, .violation), .ended:
      return []
    }
  }

  /// The daemon wants a checkpoint. One that did not say that it knows the signal would be ended by
  /// it, and is left alone.
  public func requestCheckpoint() -> [Action] {
    guard case .running(let findings) = self, findings.checkpointsOnRequest else { return [] }
    return [.requestCheckpoint]
  }

  /// The worker wants the run to end, in peace so that it can be taken up elsewhere.
  public mutating func release(reason: String) -> [Action] {
    switch self {
    case .running(let findings):
      self = .ending(findings, .release(reason: reason))
      return [.terminate]
    case .ending, .ended:
      return []
    }
  }

  /// The worker wants the trainer gone at once.
  public mutating func stop(reason: String) -> [Action] {
    switch self {
    case .running(let findings), .ending(let findings, .release):
      self = .ending(findings, .stop(reason: reason))
      return [.kill]
    case .ending(_, .stop), .ending(_, .violation), .ended:
      return []
    }
  }

  /// The time that `terminate` gave is over.
  public func graceElapsed() -> [Action] {
    switch self {
    case .ending(_, .release): [.kill]
    case .running, .ending(_, .stop), .ending(_, .violation), .ended: []
    }
  }

  /// The trainer has exited and all its output was read; `log` is the end of its log.
  public mutating func exited(_ exit: Exit, log: String) -> Outcome {
    switch self {
    case .running(let findings):
      self = .ended(Self.outcome(of: exit, findings: findings, cause: nil, log: log))
    case .ending(let findings, let cause):
      self = .ended(Self.outcome(of: exit, findings: findings, cause: cause, log: log))
    case .ended:
      break
    }
    guard case .ended(let outcome) = self else { preconditionFailure("both branches end it") }
    return outcome
  }
}

extension Trial.Findings {
  fileprivate mutating func note(_ events: [TrainerEvent]) {
    for event in events {
      switch event {
      case .finished(let event): finished = event
      case .diverged(let event): diverged = event
      case .started(let event): checkpointsOnRequest = event.checkpointsOnRequest
      case .step, .eval, .checkpoint, .metric, .warning: break
      }
    }
  }
}
