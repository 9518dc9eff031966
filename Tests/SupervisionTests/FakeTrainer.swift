import Foundation
import Synchronization
import Wire

@testable import Supervision

/// A shell script in a fresh run directory that plays a trainer.
final class FakeTrainer: Sendable {
  let launch: TrainerLaunch
  /// All events so far, and as they come.
  let events = Mutex<[TrainerEvent]>([])
  let arrivals: AsyncStream<TrainerEvent>
  private let process: TrainerProcess

  static let startedLine = #"{"event":"started","parameters":10,"active_parameters":5}"#
  static let ableLine =
    #"{"event":"started","parameters":10,"active_parameters":5,"checkpoints_on_request":true}"#
  static let finishedLine = #"{"event":"finished","loss":4.5,"tokens":8,"flops":100}"#

  init(
    _ script: String, grace: Duration = .seconds(20)
  ) throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "trainer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    // Read by the shell, not executed: a fork elsewhere in this process may hold the file open for
    // writing for a moment, and such a file cannot be executed.
    let program = directory.appending(path: "trainer.sh")
    try Data("\(script)\n".utf8).write(to: program)
    launch = TrainerLaunch(
      command: ["/bin/sh", program.path, "an argument"], directory: directory,
      data: URL(filePath: "/the/data"), environment: ["PATH": "/usr/bin:/bin"], grace: grace)
    let (arrivals, continuation) = AsyncStream.makeStream(of: TrainerEvent.self)
    self.arrivals = arrivals
    let sink = Sink()
    process = TrainerProcess(launch) { events in
      sink.owner.withLock { $0.value }?.events.withLock { $0 += events }
      for event in events { continuation.yield(event) }
    }
    sink.owner.withLock { $0.value = self }
  }

  deinit { try? FileManager.default.removeItem(at: launch.directory) }

  func run() async -> Outcome { await process.run() }
  func release() { process.release(reason: "the worker leaves") }
  func requestCheckpoint() { process.requestCheckpoint() }
  func stop() { process.stop(reason: "the run was cancelled") }

  /// Runs it, and does `action` once the first event is there.
  func run(onFirstEvent action: @Sendable (FakeTrainer) -> Void) async -> Outcome {
    async let outcome = run()
    for await _ in arrivals { break }
    action(self)
    return await outcome
  }

  var seen: [TrainerEvent] { events.withLock { $0 } }

  private final class Sink: Sendable {
    struct Weak { weak var value: FakeTrainer? }
    let owner = Mutex(Weak())
  }
}

/// Returns when no process has that number any more, or a zombie only.
func waitForEnd(of pid: Int32) async {
  while let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
    stat.split(separator: ")").last?.split(separator: " ").first != "Z"
  {
    await Task.yield()
  }
}
