import Testing
import Wire

@testable import Registry

@Suite("Whoever reads the file beside its writer sees what has been recorded")
struct BesideTests {
  @Test("the stock sqlite3 program reads the newest laws and their leverage")
  func laws() async throws {
    let ledger = try await Ledger()
    let run = try await ledger.submit([1]).runs[0].id
    let lease = try #require(try await ledger.leaseNext())
    try await ledger.end(run, epoch: lease.epoch, Ledger.finished)
    for (input, value) in [("old", 1.5), ("new", 2.5)] {
      try await ledger.registry.record(
        LawSubmission(
          study: "s", name: "dense-loss", form: "power-law",
          parameters: [.init(name: "α", value: value)], warnings: [], inputSHA256: input,
          runs: [run]),
        leverage: [.init(run: run, leverage: value, low: 1, high: 3, extrapolated: true)],
        now: ledger.tick())
    }
    #expect(
      try await SQLiteProgram.answer(
        ledger.path, "SELECT id, study, name, form, parameters, warnings, runs FROM laws")
        == #"2|s|dense-loss|power-law|[{"name":"α","value":2.5}]|[]|1"#)
    #expect(
      try await SQLiteProgram.answer(
        ledger.path,
        """
        SELECT study, grid, run, family, A, G, loss, EL, EL_low, EL_high, extrapolated,
          EL_time IS NULL, law
        FROM leverage
        """) == "s|g|1|moe|0.25|4.0|4.0|2.5|1.0|3.0|1|1|2")
  }

  @Test("a registry that was opened to read sees rows that are written afterwards")
  func reader() async throws {
    let ledger = try await Ledger()
    let reader = try Registry.openReadOnly(ledger.path)
    #expect(try await reader.runs(RunFilter()).isEmpty)
    let run = try await ledger.submit([1]).runs[0].id
    #expect(try await reader.runs(RunFilter()).map(\.id) == [run])
    let lease = try #require(try await ledger.leaseNext())
    try await ledger.end(run, epoch: lease.epoch, Ledger.finished)
    #expect(try await reader.runs(RunFilter()).map(\.state) == [.finished])
    try reader.close()
  }

  @Test("an attempt that resumes at step 2 keeps the earlier attempt's steps up to 2")
  func resumed() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    func attempt(from firstStep: Int, steps: ClosedRange<Int>, loss: Double) async throws {
      let lease = try #require(try await ledger.leaseNext())
      let started = TrainerEvent.started(
        .init(parameters: 1, activeParameters: 1, firstStep: firstStep))
      let steps = steps.map { TrainerEvent.step(.init(step: $0, tokens: 10 * $0, loss: loss)) }
      _ = try await ledger.report(lease.run, epoch: lease.epoch, [started] + steps)
      _ = try await ledger.registry.reap(now: ledger.tick(60_000))
    }
    try await attempt(from: 0, steps: 1...5, loss: 7)
    try await attempt(from: 2, steps: 3...4, loss: 6)
    #expect(
      try await SQLiteProgram.answer(
        ledger.path, "SELECT step, tokens, loss FROM losses WHERE run = 1 ORDER BY step")
        == "1|10|7.0\n2|20|7.0\n3|30|6.0\n4|40|6.0")
    let series = try await ledger.registry.series(run: 1, metric: "loss")
    #expect(series.steps == [1, 2, 3, 4] && series.values == [7, 7, 6, 6])
  }
}
