import Foundation
import Glibc
public import Wire

/// Runs a trainer to see how it behaves. It prints into the smallest pipe there is and each event is
/// looked at before the next piece is read, so that a signal meets it soon after the event that
/// called for it, however fast it trains.
public struct TrainerObserver: Sendable {
  /// What to do once these events have come, the newest last. Each nudge is sent once.
  public typealias Plan = @Sendable ([TrainerEvent]) -> ObservedRun.Nudge?

  /// What to start; its grace counts from SIGTERM.
  public var launch: TrainerLaunch
  /// How long it may print nothing.
  public var silence: Duration
  public var plan: Plan

  /// An observer that sends the signals of `plan`, by default none.
  public init(_ launch: TrainerLaunch, silence: Duration, plan: @escaping Plan = { _ in nil }) {
    self.launch = launch
    self.silence = silence
    self.plan = plan
  }

  /// Starts it and returns once it has ended, and all that it started too. Cancellation does not
  /// shorten it.
  public func run() async -> ObservedRun {
    await withCheckedContinuation { continuation in
      let thread = Thread { continuation.resume(returning: self.watch()) }
      thread.name = "trainer"
      thread.start()
    }
  }

  private func watch() -> ObservedRun {
    do {
      let process = try GuardedProcess(launch, observed: true)
      return watch(process)
    } catch {
      return ObservedRun(exit: .notStarted(reason: error.description))
    }
  }

  private func watch(_ process: borrowing GuardedProcess) -> ObservedRun {
    var sight = Sight(plan: plan)
    var deadline = ContinuousClock.now + silence
    var outputEnded = false
    while true {
      var waits = [
        pollfd(fd: process.status, events: Int16(POLLIN), revents: 0),
        pollfd(fd: outputEnded ? -1 : process.output, events: Int16(POLLIN), revents: 0),
      ]
      let left = max(0, min(60_000, ContinuousClock.now.duration(to: deadline) / .milliseconds(1)))
      let ready = poll(&waits, nfds_t(waits.count), Int32(left) + 1)
      if ContinuousClock.now >= deadline, sight.run.cut == nil {
        sight.run.cut = sight.terminated == nil ? .silence : .graceOver
        process.signal(SIGKILL)
      }
      guard ready > 0 else { continue }
      if waits[0].revents != 0 { break }
      guard let piece = process.piece(upTo: Self.pieceBytes) else {
        outputEnded = true
        continue
      }
      for signal in sight.take(piece) { process.signal(signal) }
      deadline = sight.terminated.map { $0 + launch.grace } ?? .now + silence
    }
    return conclude(process, sight)
  }

  private func conclude(
    _ process: borrowing GuardedProcess, _ sight: consuming Sight
  ) -> ObservedRun {
    var sight = sight
    sight.run.leaving = sight.terminated.map { $0.duration(to: .now) }
    process.stopWaiting()
    while let piece = process.piece() { _ = sight.take(piece) }
    sight.finish()
    sight.run.exit = process.exit(of: launch.command.first ?? "")
    sight.run.log = LogTail.read(launch.log)
    let left = leftovers(of: process.group, patience: sight.run.cut == nil ? Self.patience : .zero)
    // What was killed had no chance to end what it had started.
    if sight.run.cut == nil { sight.run.leftBehind = left.map { "\($0.pid) (\($0.name))" } }
    for process in left { kill(process.pid, SIGKILL) }
    return sight.run
  }

  /// What is still running of the trainer after `patience`.
  private func leftovers(of group: Int32, patience: Duration) -> [ProcessTable.Entry] {
    let spec = launch.environment["ORCHESTRATOR_RUN_SPEC"] ?? ""
    let end = ContinuousClock.now + patience
    var left = ProcessTable.members(group: group, or: "ORCHESTRATOR_RUN_SPEC=\(spec)")
    while !left.isEmpty, ContinuousClock.now < end {
      poll(nil, 0, 20)
      left = ProcessTable.members(group: group, or: "ORCHESTRATOR_RUN_SPEC=\(spec)")
    }
    return left
  }

  /// A few events at a time: what is read before a signal is sent is not undone.
  private static let pieceBytes = 512
  /// What a trainer's children may take to notice that it has gone.
  private static let patience = Duration.seconds(2)
}

/// What has been seen so far.
private struct Sight {
  var run = ObservedRun(exit: .code(0))
  /// When SIGTERM was called for.
  var terminated: ContinuousClock.Instant?
  private var parser = TrainerEventParser()
  private let plan: TrainerObserver.Plan

  init(plan: @escaping TrainerObserver.Plan) { self.plan = plan }

  /// Reads a piece of output; the signals that it calls for, in order.
  mutating func take(_ piece: Data) -> [Int32] {
    let parsed = parser.feed(piece)
    var signals: [Int32] = []
    for event in parsed.events {
      run.events.append(event)
      guard run.cut == nil, let nudge = plan(run.events), run.nudges[nudge] == nil else { continue }
      run.nudges[nudge] = run.events.count
      switch nudge {
      case .checkpoint: signals.append(SIGUSR1)
      case .leave:
        terminated = .now
        signals.append(SIGTERM)
      case .kill:
        run.cut = .kill
        signals.append(SIGKILL)
      }
    }
    if let violation = parsed.violation, run.cut == nil {
      run.cut = .violation(violation)
      signals.append(SIGKILL)
    }
    return signals
  }

  /// Reads a last line without an end.
  mutating func finish() { run.events += parser.finish().events }
}
