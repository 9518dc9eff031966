import GRDB
import Testing
import Wire

@testable import Registry

@Suite("Imported runs are ordinary finished runs, each recorded once")
struct ImportTests {
  private static func source(study: String = "s", grid: String = "sheet", file: String = "a.csv")
    -> ImportSource
  {
    ImportSource(
      study: study, grid: grid, file: file, sha256: "0", format: "csv",
      mapping: ["loss": "lm_loss"], family: nil, group: [], keep: [], conditions: [],
      convention: "6N")
  }

  private static func dense(seed: Int64) -> ImportedRun {
    ImportedRun(
      family: "dense", seed: seed,
      numbers: [
        .loss: 2.3976109618296744, .parameters: 1e6, .tokens: 1e9, .flopsPerToken: 6e6,
        .flops: 6e15, .budget: 6e15, .learningRate: 0.0003453, .batchTokens: 1_507_328,
      ], extra: #"{"name":"sun","lambada":2.5}"#)
  }

  private static let routed = ImportedRun(
    family: "S-Base", point: #"{"router":"S-Base","A":"1/64"}"#, seed: 42,
    numbers: [
      .validationLoss: 2.5, .activationRatio: 1.0 / 64, .granularity: 2, .sharedRatio: 0,
      .flops: 6e15, .budget: 6e15, .flopsPerToken: 6e6, .experts: 64, .topK: 1, .seconds: 60,
    ], extra: #"{"experts":64,"top_k":1}"#)

  private func send(
    _ runs: [ImportedRun], to ledger: Ledger, from source: ImportSource = source(),
    dryRun: Bool = false
  ) async throws -> ImportReply {
    try await ledger.registry.importRuns(
      ImportRequest(source: source, runs: runs, dryRun: dryRun), now: ledger.tick())
  }

  @Test("the view has them as they came, to the last digit")
  func stored() async throws {
    let ledger = try await Ledger()
    let reply = try await send([Self.dense(seed: 1), Self.routed], to: ledger)
    #expect(reply == ImportReply(gridID: 1, runs: 2, new: 2, existing: 0))
    let rows = try await ledger.rows(
      """
      SELECT study, grid, family, budget, point, state, source, loss, validation_loss, A, G, S, N, D,
        M, C, learning_rate, batch_tokens, seed, experts, top_k, train_seconds, extra ->> '$.name',
        extra ->> '$.lambada', attempts, finished_at
      FROM runs ORDER BY id
      """)
    #expect(
      rows == [
        [
          "s", "sheet", "dense", "6000000000000000.0", "{}", "finished", "imported",
          "2.3976109618296744", "",
          "", "", "", "1000000", "1000000000", "6000000.0", "6000000000000000.0", "0.0003453",
          "1507328", "1",
          "", "", "", "sun", "2.5", "0", "\(ledger.now)",
        ],
        [
          "s", "sheet", "S-Base", "6000000000000000.0", #"{"router":"S-Base","A":"1/64"}"#,
          "finished",
          "imported", "", "2.5", "0.015625", "2.0", "0.0", "", "", "6000000.0",
          "6000000000000000.0", "", "",
          "42", "64", "1", "60.0", "", "", "0", "\(ledger.now)",
        ],
      ])
    let event = try #require(
      try await ledger.registry.events(after: 0, limit: 10).last { $0.kind == .runsImported })
    #expect(event.detail == ["runs": .integer(2), "new": .integer(2)] && event.grid == 1)
  }

  @Test("a fit sees them: family, point, budget, and which are dense")
  func observations() async throws {
    let ledger = try await Ledger()
    var unknown = Self.routed
    unknown.numbers[.activationRatio] = nil
    _ = try await send([Self.dense(seed: 1), Self.routed, unknown], to: ledger)
    let runs = try await ledger.registry.finishedRuns(study: "s")
    #expect(runs.map(\.isDense) == [true, false, false])
    #expect(runs.map(\.family) == ["dense", "S-Base", "S-Base"])
    #expect(runs[0].loss == 2.3976109618296744 && runs[0].batchTokens == 1_507_328)
    #expect(
      runs[1].point == [.init(axis: "router", value: "S-Base"), .init(axis: "A", value: "1/64")])
    #expect(runs[1].activationRatio == 1.0 / 64 && runs[1].budget == 6e15)
    #expect(try await ledger.registry.status().studies[0].counts == ["finished": 3])
    #expect(try await ledger.registry.run(1).spec == nil)
  }

  @Test("the same again inserts nothing, a longer file its new rows only, a repeated row once")
  func again() async throws {
    let ledger = try await Ledger()
    let first = [Self.dense(seed: 1), Self.dense(seed: 2), Self.dense(seed: 1)]
    #expect(try await send(first, to: ledger).new == 2)
    let before = try await ledger.dump()
    #expect(
      try await send(first, to: ledger)
        == ImportReply(gridID: nil, runs: 3, new: 0, existing: 3))
    #expect(try await ledger.dump() == before)
    let longer = try await send(
      first + [Self.dense(seed: 3)], to: ledger, from: Self.source(file: "b.csv"))
    #expect(longer == ImportReply(gridID: 2, runs: 4, new: 1, existing: 3))
    #expect(
      try await ledger.rows("SELECT grid_id, run_id FROM grid_run") == [
        ["1", "1"], ["1", "2"], ["2", "3"],
      ])
  }

  @Test("another study shares the runs, as it would share trained ones")
  func shared() async throws {
    let ledger = try await Ledger()
    _ = try await send([Self.dense(seed: 1)], to: ledger)
    let reply = try await send(
      [Self.dense(seed: 1), Self.dense(seed: 2)], to: ledger, from: Self.source(study: "t"))
    #expect(reply.new == 2 && reply.existing == 0)
    #expect(try await ledger.registry.finishedRuns(study: "s").map(\.id) == [1])
    #expect(try await ledger.registry.finishedRuns(study: "t").map(\.id) == [1, 2])
  }

  @Test("a dry run answers the same and changes nothing")
  func dryRun() async throws {
    let ledger = try await Ledger()
    _ = try await send([Self.dense(seed: 1)], to: ledger)
    let before = try await ledger.dump()
    let reply = try await send(
      [Self.dense(seed: 1), Self.dense(seed: 2)], to: ledger,
      from: Self.source(study: "new"), dryRun: true)
    #expect(reply == ImportReply(gridID: nil, runs: 2, new: 2, existing: 0))
    #expect(try await ledger.dump() == before)
    #expect(try await ledger.rows("SELECT name FROM study") == [["s"]])
  }

  @Test("one run that is none refuses all")
  func refused() async throws {
    let ledger = try await Ledger()
    let before = try await ledger.dump()
    var faults: [(ImportedRun, String)] = []
    for (quantity, value) in [
      (RunQuantity.loss, -1.0), (.loss, .nan), (.tokens, 0.2), (.activationRatio, 1.5),
      (.sharedRatio, 1), (.experts, -1), (.parameters, 1e300),
    ] {
      var run = Self.dense(seed: 2)
      run.numbers[quantity] = value
      faults.append((run, "\(quantity.rawValue) is \(value), not \(quantity.domain)"))
    }
    var run = Self.dense(seed: 2)
    run.numbers[.loss] = nil
    faults.append((run, "it has no loss"))
    run = Self.dense(seed: 2)
    run.family = ""
    faults.append((run, "its family has no name"))
    for (run, reason) in faults {
      await #expect(throws: RegistryError.runRefused(index: 1, reason: reason)) {
        _ = try await send([Self.dense(seed: 1), run], to: ledger)
      }
    }
    #expect(try await ledger.dump() == before)
    #expect(try await ledger.rows("SELECT * FROM study").isEmpty)
  }

  @Test("an imported run never changes, and nothing leases it")
  func frozen() async throws {
    let ledger = try await Ledger()
    _ = try await send([Self.dense(seed: 1)], to: ledger)
    #expect(try await ledger.leaseNext() == nil)
    await #expect(throws: RegistryError.ruleBroken("a finished or diverged run never changes")) {
      try await ledger.registry.write { try $0.execute(sql: "UPDATE run SET loss = 0") }
    }
  }
}
