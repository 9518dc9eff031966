import Client
import Foundation
import Synchronization
import Testing
import Wire

/// A daemon and workers as real processes over one laboratory, and one run to train.
final class Site: Sendable {
  let laboratory: Laboratory
  let client: DaemonClient
  private let url: String
  private let daemon: Mutex<Program>
  private let workers = Mutex<[Program]>([])

  /// Starts the daemon, with leases of two seconds, and submits the one MoE run.
  init(trainer: String = "native", budget: String = "1e10") async throws {
    laboratory = try Laboratory()
    let (program, url) = try await Self.serve(laboratory, port: "0")
    self.url = url
    daemon = Mutex(program)
    client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
    let moe = Laboratory.grid.components(separatedBy: "families:")
    let family = """
      trainer: \(trainer)
      families:
        moe:
          kind: moe
          base: {A: 1/2, G: 2, top_k: 2, shared_experts: 1}
          axes:
            - A: [1/4]
      """
    let text = moe[0].replacing("[1e9, 3e9]", with: "[\(budget)]") + family + "\n"
    _ = try await client.submit(Submission(text: text, file: "grid.yaml", dryRun: false))
  }

  private static func serve(
    _ laboratory: Laboratory, port: String
  ) async throws -> (Program, url: String) {
    let program = try Program(
      "orchestrator", ["serve", "--port", port, "--data", laboratory.folder.path, "--lease", "2"])
    let line = try #require(await program.line(containing: "serving"))
    return (program, String(try #require(line.split(separator: " ").last)))
  }

  /// Ends every process that is left.
  func close() async {
    for program in workers.withLock({ $0 }) + [daemon.withLock { $0 }] {
      program.signal(SIGKILL)
      program.signal(SIGCONT)
      _ = await program.result()
    }
  }

  func killDaemon() async {
    let program = daemon.withLock { $0 }
    program.signal(SIGKILL)
    _ = await program.result()
  }

  /// Starts the daemon again where it was.
  func restartDaemon() async throws {
    let port = String(try #require(url.split(separator: ":").last))
    let (program, _) = try await Self.serve(laboratory, port: port)
    daemon.withLock { $0 = program }
  }

  /// A folder of this site.
  func folder(_ name: String) -> URL { laboratory.folder.appending(path: name) }

  /// A worker whose data are in `folder`, empty at first.
  func worker(_ folder: String, _ options: [String] = []) throws -> Program {
    let program = try Program(
      "worker",
      [
        "--connect", url, "--data", self.folder(folder).path, "--grace", "60", "--verbose",
        "--slots", "1",
      ] + options
    )
    workers.withLock { $0.append(program) }
    return program
  }

  /// A worker that has the shell script `lines` as the trainer `fake`.
  func worker(_ folder: String, scripted lines: String) throws -> Program {
    let script = self.folder("\(folder).sh")
    try Data("\(lines)\n".utf8).write(to: script)
    return try worker(folder, ["--trainer", "fake=/bin/sh \(script.path)"])
  }

  /// What SQL over the daemon says.
  func rows(_ query: String) async throws -> [String] {
    let table: Table = try await client.post("/v1/sql", SQLQuery(query: query))
    return table.rows.map { $0.map(\.description).joined(separator: " ") }
  }

  /// Returns when the query has rows.
  func wait(for query: String) async throws {
    while try await rows(query).isEmpty { await Task.yield() }
  }

  /// Final losses of the run, once it has finished, and the attempts at it.
  func finished() async throws -> (losses: [String], attempts: [String]) {
    try await wait(for: "SELECT id FROM run WHERE state = 'finished'")
    return (
      try await rows("SELECT loss, validation_loss FROM run"),
      try await rows("SELECT epoch, outcome FROM attempt ORDER BY epoch")
    )
  }
}
