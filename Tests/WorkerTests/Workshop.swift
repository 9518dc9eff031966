import Client
import Foundation
import Logging
import Synchronization
import Wire

@testable import Worker

/// A fresh folder with a scripted trainer, and workers over it.
final class Workshop: Sendable {
  let folder: URL
  let log = KeptLog()

  static let started = #"{"event":"started","parameters":10,"active_parameters":5}"#
  static let finished = #"{"event":"finished","loss":4.5,"tokens":96,"flops":100}"#
  static let result = TrainerEvent.Finished(loss: 4.5, tokens: 96, flops: 100)

  /// Trains as it should.
  static let wellBehaved = "echo '\(started)'; echo '\(finished)'"
  /// Notes its number and goes on until it is killed.
  static let endless = """
    trap '' TERM
    echo $$ > pid
    echo '\(started)'
    while :; do sleep 0.1; done
    """
  /// Goes on until it is asked for a checkpoint, and finishes then.
  static let asked = """
    trap 'echo "{\\"event\\":\\"checkpoint\\",\\"step\\":2,\\"path\\":\\"c/2\\"}"; asked=1' USR1
    echo '{"event":"started","parameters":10,"active_parameters":5,"checkpoints_on_request":true}'
    until [ "$asked" ]; do sleep 0.01; done
    echo '\(finished)'
    """
  /// Starts, waits for the file `go` in its run directory, and finishes after three steps.
  static let patient = """
    echo '\(started)'
    until [ -e go ]; do sleep 0.01; done
    for n in 1 2 3; do echo '{"event":"step","step":'$n',"tokens":'$((32*n))',"loss":5}'; done
    echo '\(finished)'
    """

  init(trainer lines: String = wellBehaved) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "worker-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: runs, withIntermediateDirectories: true)
    try Data("\(lines)\n".utf8).write(to: script)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var runs: URL { folder.appending(path: "runs") }
  /// The command line's definition of the scripted trainer. The shell reads it: a fork elsewhere in
  /// this process may hold the file open for writing for a moment, and such a file cannot be executed.
  var definition: String { "fake=/bin/sh \(script.path)" }
  private var script: URL { folder.appending(path: "trainer.sh") }

  func file(_ name: String, of run: Int64, epoch: Int = 1) -> URL {
    runs.appending(path: "\(run)/\(epoch)/\(name)")
  }

  /// The trainer of `Workshop.endless`.
  func trainerNumber(of run: Int64) throws -> Int32 {
    let text = try String(contentsOf: file("pid", of: run), encoding: .utf8)
    return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))!
  }

  /// A worker in this process, which retries without delay.
  func service(
    _ daemon: String, slots: Int = 1, grace: Duration = .milliseconds(100),
    _ change: (inout WorkerSettings) -> Void = { _ in }
  ) throws -> WorkerService {
    var logger = Logger(label: "worker", factory: { [log] _ in log.handler })
    logger.logLevel = .notice
    let backoff = Backoff(base: .milliseconds(1), limit: .milliseconds(10))
    let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(daemon)))
    var settings = WorkerSettings(
      id: "tester", host: "here", slots: slots, data: folder.appending(path: "data"), runs: runs,
      trainers: try TrainerCatalogue(native: ["/bin/false"], options: [definition]),
      environment: ["PATH": "/usr/bin:/bin"], grace: grace)
    change(&settings)
    return WorkerService(
      settings: settings,
      link: DaemonLink(client: client, retry: Retry(backoff: backoff), log: logger))
  }

  /// Does `body` while a worker serves, and returns when the worker has left.
  func serving(
    _ daemon: StandInDaemon, slots: Int = 1, grace: Duration = .milliseconds(100),
    _ change: (inout WorkerSettings) -> Void = { _ in }, _ body: () async throws -> Void
  ) async throws {
    let service = try service(daemon.address, slots: slots, grace: grace, change)
    let work = Task { try await service.run() }
    defer { work.cancel() }
    try await body()
    work.cancel()
    try await work.value
  }
}

/// What a logger was told.
final class KeptLog: Sendable {
  private let kept = Mutex<[String]>([])

  var messages: [String] { kept.withLock { $0 } }
  var handler: Handler { Handler(log: self) }

  struct Handler: LogHandler {
    let log: KeptLog
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      log.kept.withLock { $0.append("\(event.level): \(event.message)") }
    }
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

/// Until the file is gone.
func waitForEnd(of file: URL) async {
  while FileManager.default.fileExists(atPath: file.path) { await Task.yield() }
}
