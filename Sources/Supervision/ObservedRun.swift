public import Wire

/// One execution of a trainer as its observer saw it, nothing interpreted.
public struct ObservedRun: Hashable, Sendable {
  /// What the observer may do to a trainer after an event of its.
  public enum Nudge: Hashable, Sendable {
    /// SIGUSR1: write a checkpoint and go on.
    case checkpoint
    /// SIGTERM: write a checkpoint and leave.
    case leave
    /// SIGKILL to all of its process group.
    case kill
  }

  /// Why the observer ended it.
  public enum Cut: Hashable, Sendable {
    /// As planned.
    case kill
    /// It was still there when the grace after SIGTERM was over.
    case graceOver
    /// It printed nothing for longer than it may.
    case silence
    /// It printed something that is no event.
    case violation(ProtocolViolation)
  }

  /// All events, in order.
  public var events: [TrainerEvent] = []
  /// The signals that were sent, each with the number of events that had come by then.
  public var nudges: [Nudge: Int] = [:]
  public var cut: Cut?
  public var exit: Trial.Exit
  /// From SIGTERM to the exit.
  public var leaving: Duration?
  /// Processes that it left running when it exited: `4711 (python3)`.
  public var leftBehind: [String] = []
  /// The end of its standard error.
  public var log = ""

  /// A run that ended so; the rest is filled in by its observer.
  public init(exit: Trial.Exit) { self.exit = exit }
}

extension ObservedRun {
  /// The first `started`.
  public var started: TrainerEvent.Started? {
    events.lazy.compactMap { if case .started(let event) = $0 { event } else { nil } }.first
  }

  /// Every `step`, in order.
  public var steps: [TrainerEvent.Step] {
    events.compactMap { if case .step(let event) = $0 { event } else { nil } }
  }

  /// Every `eval`, in order.
  public var evaluations: [TrainerEvent.Eval] {
    events.compactMap { if case .eval(let event) = $0 { event } else { nil } }
  }

  /// Every `checkpoint`, in order.
  public var checkpoints: [TrainerEvent.Checkpoint] {
    events.compactMap { if case .checkpoint(let event) = $0 { event } else { nil } }
  }

  /// The last `finished`.
  public var finished: TrainerEvent.Finished? {
    events.lazy.compactMap { if case .finished(let event) = $0 { event } else { nil } }.last
  }

  /// The last `diverged`.
  public var diverged: TrainerEvent.Diverged? {
    events.lazy.compactMap { if case .diverged(let event) = $0 { event } else { nil } }.last
  }
}
