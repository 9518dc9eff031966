import CMigrations
import Foundation
import Testing
import Wire

@testable import Registry

@Suite("The file is open to any SQLite program, and written by one")
struct FileTests {
  @Test("every file of migrations/ is compiled in, in order")
  func migrations() throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Checkout.root.appending(path: "migrations").path
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
    #expect(try await SQLiteProgram.answer(ledger.path, curve) == "1|128|6.0\n2|256|5.0\n3|384|4.0")

    // The next attempt begins again: its steps stand for the earlier ones.
    _ = try await ledger.registry.reap(now: ledger.tick(60_000))
    let again = try #require(try await ledger.leaseNext())
    _ = try await ledger.report(
      again.run, epoch: 2, [.started(.init(parameters: 1, activeParameters: 1)), steps[0]])
    #expect(try await SQLiteProgram.answer(ledger.path, curve) == "1|128|6.0")
    #expect(
      try await SQLiteProgram.answer(ledger.path, "SELECT state, A, G FROM runs")
        == "leased|0.25|4.0")
    #expect(try await SQLiteProgram.answer(ledger.path, "SELECT count(*) FROM leverage") == "0")
    #expect(try await SQLiteProgram.answer(ledger.path, "SELECT count(*) FROM laws") == "0")
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

  @Test("the documentation's queries run")
  func documented() async throws {
    let ledger = try await Ledger()
    let text = try Checkout.text("docs/registry.md")
    let queries = text.components(separatedBy: "```sql\n").dropFirst()
      .map { $0.components(separatedBy: "\n```")[0] }
    #expect(queries.count >= 3)
    for query in queries { _ = try await ledger.rows(query) }
  }

  @Test("every column of the views is documented, and no other")
  func columns() async throws {
    let ledger = try await Ledger()
    let text = try Checkout.text("docs/registry.md")
    for view in ["runs", "losses", "metrics", "laws", "leverage", "evaluations", "checkpoints"] {
      let section = text.components(separatedBy: "### `\(view)`\n")[1]
        .components(separatedBy: "\n#")[0]
      let documented = section.components(separatedBy: "\n").filter { $0.hasPrefix("| `") }
        .map { $0.components(separatedBy: "`")[1] }
      let table = try await ledger.registry.query(
        "SELECT * FROM \(view)", rowLimit: 1, timeLimit: .seconds(30))
      #expect(table.columns == documented, "\(view)")
    }
  }
}
