import Registry
import Testing
import Wire

@Suite("A grid that takes laws from an earlier one")
struct StageTests {
  private let law = "learning_rate/moe"

  /// Two grids of one submission: the second waits for a law of the first.
  private func stages(_ seeds: [UInt64], second: String = "second") -> [NewGrid] {
    [
      Ledger.grid(
        "first", source: "{\"grid\":\"first\"}", fits: ["hyperparameters"],
        runs: seeds.map { Ledger.run(seed: $0) }),
      NewGrid(
        study: "s", name: second, source: "{\"grid\":\"\(second)\"}", text: "text",
        content: .waits([.init(law: law, stage: 0)])),
    ]
  }

  private func fitted(_ runs: [Int64], input: String = "a") -> LawSubmission {
    LawSubmission(
      study: "s", name: law, form: "power-law",
      parameters: [.init(name: "a", value: 1), .init(name: "b", value: -0.1)], warnings: [],
      inputSHA256: input, detail: LawDetail(ranges: ["C": .init(lower: 1e6, upper: 3e6)]),
      runs: runs)
  }

  private func expansion(_ seeds: [UInt64], law: LawSubmission) -> Expansion {
    Expansion(
      settings: #"{"moe":{"learning_rate":"law"}}"#,
      laws: [.init(family: "moe", quantity: "learning_rate", law: law.key)],
      runs: seeds.map { Ledger.run(seed: $0) })
  }

  private func finishAll(_ ledger: Ledger) async throws {
    while let lease = try await ledger.leaseNext() {
      try await ledger.end(lease.run, epoch: lease.epoch, Ledger.finished)
    }
  }

  @Test("has no runs until the transaction that records the law, and keeps those it then gets")
  func unblocks() async throws {
    let ledger = try await Ledger()
    let asked = try await ledger.registry.submit(stages([1, 2]), now: ledger.tick())
    #expect(asked.map(\.waits) == [[], [law]])
    #expect(asked[1].runs.isEmpty)
    #expect(try await ledger.registry.endedStages().isEmpty, "its runs have not ended")

    try await finishAll(ledger)
    let ended = try #require(try await ledger.registry.endedStages().first)
    #expect(ended.grid == asked[0].id && ended.fits == ["hyperparameters"])
    #expect(
      try await ledger.registry.finishedRuns(grid: ended.grid).map(\.id) == asked[0].runs.map(\.id))
    let blocked = try #require(try await ledger.registry.blockedGrids().first)
    #expect(blocked.waits.map(\.law) == [law] && blocked.waits[0].recorded == nil)

    let new = fitted(asked[0].runs.map(\.id))
    let settlement = Settlement(
      grid: ended.grid, laws: [new], expansions: [blocked.grid: expansion([7, 8], law: new)])
    // Twice, as after a crash between commit and reply.
    for _ in 1...2 { try await ledger.registry.settle(settlement, now: ledger.tick()) }
    #expect(try await ledger.registry.endedStages().isEmpty)
    #expect(try await ledger.registry.blockedGrids().isEmpty)
    let row = try #require(try await ledger.registry.laws().first)
    #expect(row.grid == "first" && row.detail.ranges["C"]?.upper == 3e6)

    let rows = try await ledger.registry.runs(RunFilter(gridID: blocked.grid))
    #expect(rows.map(\.seed) == [7, 8])
    #expect(rows.allSatisfy { $0.state == .queued })
    let used = try await ledger.registry.query(
      "SELECT DISTINCT learning_rate_law FROM runs WHERE grid = 'second'",
      rowLimit: 10, timeLimit: .seconds(5))
    #expect(used.rows == [[.text("law")]])
    let kinds = try await ledger.registry.events(after: 0, limit: 1000).map(\.kind)
    #expect(kinds.filter { $0 == .gridExpanded }.count == 1)
    #expect(kinds.filter { $0 == .gridSettled }.count == 1)
    #expect(kinds.filter { $0 == .lawRecorded }.count == 1)
  }

  @Test("submitted again is the same grid, waiting or not; a refresh makes a new revision")
  func again() async throws {
    let ledger = try await Ledger()
    let first = try await ledger.registry.submit(stages([1]), now: ledger.tick())
    let again = try await ledger.registry.submit(stages([1]), refresh: true, now: ledger.tick())
    #expect(again.map(\.id) == first.map(\.id) && again.map(\.known) == [true, true])

    try await finishAll(ledger)
    let new = fitted(first[0].runs.map(\.id))
    try await ledger.registry.settle(
      Settlement(
        grid: first[0].id, laws: [new], expansions: [first[1].id: expansion([7], law: new)]),
      now: ledger.tick())
    let later = try await ledger.registry.submit(stages([1]), now: ledger.tick())
    #expect(later.map(\.id) == first.map(\.id))
    #expect(later[1].waits.isEmpty && later[1].runs.count == 1)

    let fresh = try await ledger.registry.submit(stages([1]), refresh: true, now: ledger.tick())
    #expect(fresh[0].id == first[0].id, "nothing about its settings has changed")
    #expect(fresh[1].id != first[1].id && fresh[1].revision == 2)
    #expect(fresh[1].waits == [law])
    let blocked = try #require(try await ledger.registry.blockedGrids().first)
    #expect(blocked.waits[0].recorded?.parameters.count == 2, "the law is there already")
    #expect(blocked.waits[0].isOver)
  }

  @Test("is another grid when the one that it waits for is another")
  func identity() async throws {
    let ledger = try await Ledger()
    let first = try await ledger.registry.submit(stages([1]), now: ledger.tick())
    var others = stages([1, 2])
    others[0].source = "{\"grid\":\"other\"}"
    let other = try await ledger.registry.submit(others, now: ledger.tick())
    #expect(other[1].id != first[1].id && !other[1].known)
  }

  @Test("says why it has no runs when the law could not be fitted")
  func refused() async throws {
    let ledger = try await Ledger()
    let asked = try await ledger.registry.submit(stages([1]), now: ledger.tick())
    #expect(try await ledger.registry.status().studies.map(\.waits) == [[], [law]])
    try await finishAll(ledger)
    try await ledger.registry.settle(
      Settlement(
        grid: asked[0].id, problem: "too few runs", refusals: [asked[1].id: "no law"]),
      now: ledger.tick())
    let status = try await ledger.registry.status().studies
    #expect(status.map(\.problem) == ["too few runs", "no law"])
    #expect(status.map(\.total) == [1, 0])
  }

  @Test("a stage ends with failed and diverged runs, and they are listed")
  func ended() async throws {
    let ledger = try await Ledger()
    let asked = try await ledger.registry.submit(stages([1, 2, 3]), now: ledger.tick())
    let runs = asked[0].runs.map(\.id)
    let diverged = try #require(try await ledger.leaseNext())
    try await ledger.end(
      diverged.run, epoch: diverged.epoch, .diverged(.init(step: 1, reason: "NaN")))
    _ = try await ledger.registry.cancel(runs: [runs[1]], now: ledger.tick())
    #expect(try await ledger.registry.endedStages().isEmpty)
    try await finishAll(ledger)
    let ended = try #require(try await ledger.registry.endedStages().first)
    #expect(ended.unfinished == ["diverged": [runs[0]], "cancelled": [runs[1]]])
  }
}
