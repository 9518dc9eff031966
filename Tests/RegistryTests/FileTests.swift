import CMigrations
import Foundation
import GRDB
import Testing
import Wire

@testable import Registry

@Suite("The file is open to any SQLite program, and written by one")
struct FileTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// What the stock `sqlite3` program answers.
  private func sqlite3(_ path: String, _ query: String) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/sqlite3")
    process.arguments = ["-readonly", path, query]
    let output = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data().write(to: output)
    defer { try? FileManager.default.removeItem(at: output) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    #expect(process.terminationStatus == 0)
    return try String(contentsOf: output, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test("every file of migrations/ is compiled in, in order")
  func migrations() throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appending(path: "migrations").path
    ).filter { $0.hasSuffix(".sql") }.sorted()
    let compiled = (0..<migration_count).map { String(cString: migration_at($0).name) + ".sql" }
    #expect(compiled == files)
  }

  @Test("the stock sqlite3 program reads a run while it is live")
  func live() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let lease = try #require(try await ledger.leaseNext())
    let steps = (1...3).map {
      TrainerEvent.step(.init(step: $0, tokens: 128 * $0, loss: 7 - Double($0)))
    }
    _ = try await ledger.report(
      lease.run, epoch: 1, [.started(.init(parameters: 1, activeParameters: 1))] + steps)
    let curve = "SELECT step, tokens, loss FROM losses WHERE run = 1 AND metric = 'loss'"
    #expect(try await sqlite3(ledger.path, curve) == "1|128|6.0\n2|256|5.0\n3|384|4.0")

    // The next attempt begins again: its steps stand for the earlier ones.
    _ = try await ledger.registry.reap(now: ledger.tick(60_000))
    let again = try #require(try await ledger.leaseNext())
    _ = try await ledger.report(
      again.run, epoch: 2, [.started(.init(parameters: 1, activeParameters: 1)), steps[0]])
    #expect(try await sqlite3(ledger.path, curve) == "1|128|6.0")
    #expect(try await sqlite3(ledger.path, "SELECT state, A, G FROM runs") == "leased|0.25|4.0")
    #expect(try await sqlite3(ledger.path, "SELECT count(*) FROM leverage") == "0")
    #expect(try await sqlite3(ledger.path, "SELECT count(*) FROM laws") == "0")
  }

  @Test("many small reports are sealed into few chunks, and no point is lost or doubled")
  func chunks() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let lease = try #require(try await ledger.leaseNext())
    _ = try await ledger.report(
      lease.run, epoch: 1, [.started(.init(parameters: 1, activeParameters: 1))])
    for report in 0..<250 {
      let events = (1...10).map { offset -> TrainerEvent in
        let step = report * 10 + offset
        return .step(.init(step: step, tokens: step, loss: 1 / Double(step)))
      }
      _ = try await ledger.report(lease.run, epoch: 1, sequence: report + 2, events)
    }
    let series = try await ledger.registry.series(run: lease.run, metric: "loss")
    #expect(series.steps == Array(1...2500))
    #expect(series.values == (1...2500).map { 1 / Double($0) })
    let rows = try await ledger.rows("SELECT count(*) FROM losses WHERE run = \(lease.run)")
    #expect(rows == [["2500"]])
    let chunks = Int(try await ledger.rows("SELECT count(*) FROM loss_chunk")[0][0])!
    #expect(chunks < 110)
  }

  @Test("a second writer is refused while the first lives; reading needs no lock")
  func locked() async throws {
    let ledger = try await Ledger()
    #expect(throws: RegistryError.self) { try Registry.open(ledger.path) }
    let reader = try Registry.openReadOnly(ledger.path)
    #expect(try await reader.status().studies.isEmpty)
    await #expect(throws: RegistryError.readOnly) { try await reader.reap(now: 0) }
    #expect(throws: RegistryError.self) { try Registry.openReadOnly(ledger.path + ".none") }
  }

  @Test("ended runs and events never change, whoever writes")
  func immutable() async throws {
    let ledger = try await Ledger()
    let run = try await ledger.submit([1]).runs[0].id
    let lease = try #require(try await ledger.leaseNext())
    try await ledger.end(run, epoch: lease.epoch, Ledger.finished)
    for statement in [
      "UPDATE run SET loss = 0", "UPDATE event SET kind = 'x'", "DELETE FROM event",
      "UPDATE run SET state = 'leased' WHERE id = \(run)",
    ] {
      await #expect(throws: RegistryError.self, "\(statement)") {
        try await ledger.registry.write { try $0.execute(sql: statement) }
      }
    }
  }

  @Test(
    "a query that does anything but read is refused",
    arguments: [
      "DELETE FROM run", "PRAGMA journal_mode = DELETE", "ATTACH 'x.db' AS x", "VACUUM",
      "SELECT 1; DELETE FROM run", "WITH x AS (SELECT 1) DELETE FROM run", "", "SELEC 1",
      "SELECT * FROM nothing",
    ])
  func queries(query: String) async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    await #expect(throws: RegistryError.self) { try await ledger.rows(query) }
    #expect(try await ledger.rows("SELECT count(*) FROM run") == [["1"]])
  }

  @Test("a query that does not end is ended")
  func endless() async throws {
    let ledger = try await Ledger()
    await #expect(throws: RegistryError.self) {
      try await ledger.registry.query(
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        rowLimit: 1, timeLimit: .milliseconds(50))
    }
  }

  @Test("the documentation's queries run")
  func documented() async throws {
    let ledger = try await Ledger()
    let text = try String(
      contentsOf: Self.root.appending(path: "docs/registry.md"), encoding: .utf8)
    let queries = text.components(separatedBy: "```sql\n").dropFirst()
      .map { $0.components(separatedBy: "\n```")[0] }
    #expect(queries.count >= 3)
    for query in queries { _ = try await ledger.rows(query) }
  }

  @Test("every column of the views is documented, and no other")
  func columns() async throws {
    let ledger = try await Ledger()
    let text = try String(
      contentsOf: Self.root.appending(path: "docs/registry.md"), encoding: .utf8)
    for view in ["runs", "losses", "metrics", "laws", "leverage"] {
      let section = text.components(separatedBy: "### `\(view)`\n")[1]
        .components(separatedBy: "\n#")[0]
      let documented = section.components(separatedBy: "\n").filter { $0.hasPrefix("| `") }
        .map { $0.components(separatedBy: "`")[1] }
      let table = try await ledger.registry.query(
        "SELECT * FROM \(view)", rowLimit: 1, timeLimit: .seconds(1))
      #expect(table.columns == documented, "\(view)")
    }
  }
}
