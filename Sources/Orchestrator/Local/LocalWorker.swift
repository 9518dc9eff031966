import Client
import Foundation
import Synchronization

/// The `worker` program as a child of this process, on this machine.
///
/// Its standard input is a pipe that nobody writes to, and it leaves when that closes: it ends with
/// this process, however this process ends.
final class LocalWorker: Sendable {
  private let process: Mutex<Process>
  private let lifeline = Pipe()
  private let exits: AsyncStream<Void>

  /// Starts it with `trainers` beside the native one, `NAME=COMMAND` each; its own words go to `log`,
  /// and `onExit` gets its exit code.
  init(
    daemon url: String, slots: Int, trainers: [String], data: URL, log: URL,
    onExit: @escaping @Sendable (Int32) -> Void
  ) throws {
    let process = Process()
    process.executableURL = try Self.program()
    process.arguments =
      [
        "--connect", url, "--slots", "\(slots)", "--data", data.path, "--until-stdin-closes",
      ] + trainers.flatMap { ["--trainer", $0] }
    // The daemon is this process, on loopback: what a person has set for another is not for it.
    process.environment = ProcessInfo.processInfo.environment.filter {
      !ConnectionOptions.secretVariables.contains($0.key)
    }
    process.standardInput = lifeline
    try Data().write(to: log)
    process.standardError = try FileHandle(forWritingTo: log)
    let (exits, ended) = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = {
      onExit($0.terminationStatus)
      ended.finish()
    }
    try process.run()
    self.exits = exits
    self.process = Mutex(process)
  }

  /// Asks it to leave and waits until it has: its trainers end, their runs return to the queue.
  func leave() async {
    process.withLock { if $0.isRunning { $0.terminate() } }
    for await _ in exits {}
  }

  /// The `worker` beside this program.
  static func program() throws -> URL {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let worker = own.deletingLastPathComponent().appending(path: "worker")
    guard FileManager.default.isExecutableFile(atPath: worker.path) else {
      throw CommandFailure(
        code: .missingFile, message: "no program \(worker.path): install `worker` beside this one")
    }
    return worker
  }
}
