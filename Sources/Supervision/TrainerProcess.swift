import Foundation
import Glibc
import Synchronization
public import Wire

/// A trainer while it runs. One thread of its own drives its `Trial`: it reads the output, waits for
/// the exit, and sends the signals, so that nothing blocks Swift's shared threads.
public final class TrainerProcess: Sendable {
  private enum Request {
    case checkpoint
    case release(reason: String)
    case stop(reason: String)
  }

  private let launch: TrainerLaunch
  private let deliver: @Sendable ([TrainerEvent]) -> Void
  private let requests = Mutex<[Request]>([])
  /// A byte in this pipe says that there are requests.
  private let bell: (read: Int32, write: Int32)

  /// A trainer that is not started yet. `deliver` gets its events in order, on the trainer's thread.
  public init(_ launch: TrainerLaunch, deliver: @escaping @Sendable ([TrainerEvent]) -> Void) {
    self.launch = launch
    self.deliver = deliver
    var ends: [Int32] = [-1, -1]
    let made = pipe(&ends)
    precondition(made == 0, "out of file descriptors")
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    bell = (ends[0], ends[1])
  }

  deinit {
    close(bell.read)
    close(bell.write)
  }

  /// Starts the trainer and returns when it has ended and all its output was delivered. Call it
  /// once. Cancellation does not shorten it: ask with `release` or `stop`.
  public func run() async -> Outcome {
    await withCheckedContinuation { continuation in
      let thread = Thread { continuation.resume(returning: self.watch()) }
      thread.name = "trainer"
      thread.start()
    }
  }

  /// Asks the trainer to write a checkpoint and go on, if it said that it can be asked.
  public func requestCheckpoint() { ask(.checkpoint) }

  /// Asks the trainer to write a checkpoint and leave; it is killed when its grace is over.
  public func release(reason: String) { ask(.release(reason: reason)) }

  /// Kills the trainer and its whole process group.
  public func stop(reason: String) { ask(.stop(reason: reason)) }

  private func ask(_ request: Request) {
    requests.withLock { $0.append(request) }
    var byte: UInt8 = 1
    // A full pipe rings too.
    _ = write(bell.write, &byte, 1)
  }

  private func watch() -> Outcome {
    var trial = Trial()
    do {
      let process = try GuardedProcess(launch)
      return watch(process, as: &trial)
    } catch {
      return trial.exited(.notStarted(reason: error.description), log: "")
    }
  }

  private func watch(_ process: borrowing GuardedProcess, as trial: inout Trial) -> Outcome {
    var parser = TrainerEventParser()
    var deadline: ContinuousClock.Instant?
    var outputEnded = false
    let killsBefore = MemoryEvents.kills()
    while true {
      var waits = [
        pollfd(fd: process.status, events: Int16(POLLIN), revents: 0),
        pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: outputEnded ? -1 : process.output, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&waits, nfds_t(waits.count), deadline.map(Self.milliseconds(until:)) ?? -1)
      if ready == 0, let due = deadline, ContinuousClock.now >= due {
        deadline = nil
        perform(trial.graceElapsed(), on: process, deadline: &deadline)
      }
      guard ready > 0 else { continue }
      if waits[1].revents != 0 { answerBell(&trial, process, &deadline) }
      if waits[0].revents != 0 { break }
      guard waits[2].revents != 0 else { continue }
      if let piece = process.piece() {
        perform(trial.printed(parser.feed(piece)), on: process, deadline: &deadline)
      } else {
        outputEnded = true
      }
    }
    // All that the trainer wrote is in the pipe by now; what else holds the pipe is not waited for.
    process.stopWaiting()
    while let piece = process.piece() {
      perform(trial.printed(parser.feed(piece)), on: process, deadline: &deadline)
    }
    perform(trial.printed(parser.finish()), on: process, deadline: &deadline)
    let exit = process.exit(of: launch.command[0])
    let kills = MemoryEvents.kills() > killsBefore ? "\n\(MemoryEvents.words)" : ""
    return trial.exited(exit, log: LogTail.read(launch.log) + kills)
  }

  private func answerBell(
    _ trial: inout Trial, _ process: borrowing GuardedProcess,
    _ deadline: inout ContinuousClock.Instant?
  ) {
    var bytes = [UInt8](repeating: 0, count: 64)
    _ = read(bell.read, &bytes, bytes.count)
    let pending = requests.withLock { requests in
      defer { requests = [] }
      return requests
    }
    for request in pending {
      switch request {
      case .checkpoint:
        perform(trial.requestCheckpoint(), on: process, deadline: &deadline)
      case .release(let reason):
        perform(trial.release(reason: reason), on: process, deadline: &deadline)
      case .stop(let reason):
        perform(trial.stop(reason: reason), on: process, deadline: &deadline)
      }
    }
  }

  private func perform(
    _ actions: [Trial.Action], on process: borrowing GuardedProcess,
    deadline: inout ContinuousClock.Instant?
  ) {
    for action in actions {
      switch action {
      case .deliver(let events): deliver(events)
      case .terminate:
        process.signal(SIGTERM)
        deadline = .now + launch.grace
      case .requestCheckpoint: process.signal(SIGUSR1)
      case .kill: process.signal(SIGKILL)
      }
    }
  }

  private static func milliseconds(until instant: ContinuousClock.Instant) -> Int32 {
    // Rounded up: a wait that ends too early would spin.
    Int32(max(0, min(60_000, ContinuousClock.now.duration(to: instant) / .milliseconds(1) + 1)))
  }
}
