import Client
import Foundation
import Registry
import Wire

/// One daemon and three workers as processes, over a registry of its own: two workers share their run
/// folder, one has its own. Their corpora they fetch.
final class Cluster {
  static let workers = 3

  let laboratory: Laboratory
  let name: String
  let lease: Double
  private(set) var daemon: Program
  /// None is down.
  private(set) var workers: [Program?] = []
  private let port: String
  let client: DaemonClient
  /// A reader of the registry, whether or not the daemon lives.
  private let registry: Registry

  /// Starts the daemon, submits the grid, and starts the workers.
  init(_ laboratory: Laboratory, name: String, lease: Double) throws {
    self.laboratory = laboratory
    self.name = name
    self.lease = lease
    try FileManager.default.createDirectory(
      at: laboratory.folder.appending(path: name), withIntermediateDirectories: true)
    daemon = try Self.serve(laboratory, name, port: "0", lease)
    port = try Self.port(of: daemon, log: Self.log(laboratory, name, "daemon"))
    client = DaemonClient(
      ClientConfiguration(address: try DaemonAddress("http://127.0.0.1:\(port)")))
    try laboratory.command(
      ["submit", laboratory.gridFile.path, "--url", "http://127.0.0.1:\(port)"])
    registry = try Registry.openReadOnly(Self.registry(laboratory, name).path)
    for number in 0..<Self.workers { workers.append(try startWorker(number)) }
  }

  deinit { try? registry.close() }

  /// The registry's file.
  var registryFile: URL { Self.registry(laboratory, name) }

  /// What SQL over the registry says; a row at most once in a moment of the file.
  func rows(_ query: String) async throws -> [[Table.Value]] {
    try await registry.query(query, rowLimit: 10_000_000, timeLimit: .seconds(600)).rows
  }

  /// Starts the daemon again where it was.
  func restartDaemon() throws {
    daemon = try Self.serve(laboratory, name, port: port, lease)
  }

  /// Starts a worker that is down, in its own folders.
  func restartWorker(_ number: Int) throws { workers[number] = try startWorker(number) }

  /// The worker has been struck down and waited for.
  func buryWorker(_ number: Int) { workers[number] = nil }

  /// Everyone leaves; throws `.ended` for who does not with exit code 0.
  func stop() throws {
    for (number, worker) in workers.enumerated() {
      guard let worker else { continue }
      kill(worker.id, SIGTERM)
      let code = worker.wait()
      guard code == 0 else { throw BrokenPromise.ended("worker \(number)", code: code) }
    }
    kill(daemon.id, SIGTERM)
    let code = daemon.wait()
    guard code == 0 else { throw BrokenPromise.ended("the daemon", code: code) }
  }

  /// Throws `.ended` when a process that should live does not.
  func checkLiving() throws {
    guard daemon.isRunning else { throw BrokenPromise.ended("the daemon", code: daemon.wait()) }
    for (number, worker) in workers.enumerated() {
      guard let worker, !worker.isRunning else { continue }
      throw BrokenPromise.ended("worker \(number)", code: worker.wait())
    }
  }

  private func startWorker(_ number: Int) throws -> Program {
    let own = laboratory.folder.appending(path: name).appending(path: "worker-\(number)")
    let shared = laboratory.folder.appending(path: name).appending(path: "runs")
    let place = number < 2 ? ["--runs-folder", "shared", "--runs", shared.path] : []
    return try Program(
      laboratory.programs.appending(path: "worker"),
      [
        "--connect", "http://127.0.0.1:\(port)", "--data", own.path, "--slots", "1", "--gpus",
        "none", "--name", "worker-\(number)", "--checkpoint-minutes", "0", "--checkpoint-steps",
        "20", "--discard-weights", "--verbose",
      ] + place, in: laboratory.folder, log: Self.log(laboratory, name, "worker-\(number)"))
  }

  private static func serve(
    _ laboratory: Laboratory, _ name: String, port: String, _ lease: Double
  ) throws -> Program {
    try Program(
      laboratory.programs.appending(path: "orchestrator"),
      [
        "serve", "--port", port, "--data", laboratory.data.path, "--registry",
        registry(laboratory, name).path, "--lease", "\(lease)", "--retries", "1000000",
      ], in: laboratory.folder, log: log(laboratory, name, "daemon"))
  }

  private static func registry(_ laboratory: Laboratory, _ name: String) -> URL {
    laboratory.folder.appending(path: name).appending(path: "registry.db")
  }

  private static func log(_ laboratory: Laboratory, _ name: String, _ process: String) -> URL {
    laboratory.folder.appending(path: name).appending(path: "\(process).log")
  }

  /// The port that the daemon says it serves on.
  private static func port(of daemon: Program, log: URL) throws -> String {
    while true {
      let text = try String(contentsOf: log, encoding: .utf8)
      if let line = text.split(separator: "\n").first(where: { $0.contains("serving") }),
        text.hasSuffix("\n"), let port = line.split(separator: ":").last
      {
        return String(port)
      }
      guard daemon.isRunning else { throw BrokenPromise.ended("the daemon", code: daemon.wait()) }
      usleep(5000)
    }
  }
}
