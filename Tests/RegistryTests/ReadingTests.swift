import Testing
import Wire

@testable import Registry

@Suite("What is read is what happened")
struct ReadingTests {
  @Test("the event table tells the story in order, from any point on")
  func events() async throws {
    let ledger = try await Ledger()
    let run = try await ledger.submit([1]).runs[0].id
    var lease = try #require(try await ledger.leaseNext())
    try await ledger.end(run, epoch: lease.epoch, Ledger.failed)
    _ = ledger.tick(3_600_000)
    lease = try #require(try await ledger.leaseNext())
    _ = try await ledger.registry.reap(now: ledger.tick(60_000))
    try await ledger.registry.cancel(runs: [run], now: ledger.tick())
    try await ledger.registry.retry(runs: [run], now: ledger.tick())
    lease = try #require(try await ledger.leaseNext())
    try await ledger.end(run, epoch: lease.epoch, Ledger.finished)
    try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())

    let events = try await ledger.registry.events(after: 0, limit: 100)
    #expect(
      events.map(\.kind) == [
        .workerJoined, .gridSubmitted, .runLeased, .runRequeued, .runLeased, .runLost,
        .runCancelled, .runRequeued, .runLeased, .runFinished, .workerLeft,
      ])
    #expect(events[9].detail == ["loss": .integer(4), "validation_loss": .real(4.1)])
    #expect(events[9].run == run && events[9].epoch == 3 && events[9].study == "s")
    let last = try await ledger.registry.lastSequence()
    #expect(last == events.last?.sequence)
    #expect(
      try await ledger.registry.events(after: events[3].sequence, limit: 2)
        == Array(events[4...5]))
    #expect(try await ledger.registry.events(after: last, limit: 100).isEmpty)
  }

  @Test("a fit gets each finished run of its study once, with what was asked and what was measured")
  func observations() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3])
    try await ledger.submit([2], grid: "again")
    try await ledger.submit([3], grid: "elsewhere", study: "t")
    for outcome in [Ledger.finished, Ledger.diverged, Ledger.finished] {
      let lease = try #require(try await ledger.leaseNext())
      try await ledger.end(lease.run, epoch: lease.epoch, outcome)
    }
    let finished = try await ledger.registry.finishedRuns(study: "s")
    #expect(finished.map(\.id) == [1, 3])
    let first = try #require(finished.first)
    #expect(first.family == "moe" && !first.isDense && first.budget == 3e6 && first.seed == 1)
    #expect(first.flops == 300 * 12_800 && first.tokens == 12_800 && first.flopsPerToken == 300)
    #expect(first.loss == 4 && first.validationLoss == 4.1 && first.seconds == 2)
    #expect(first.point == [.init(axis: "A", value: "1/4")])
    #expect(try await ledger.registry.finishedRuns(study: "t").map(\.id) == [3])
    await #expect(throws: RegistryError.unknownStudy("u")) {
      try await ledger.registry.finishedRuns(study: "u")
    }
    let speeds = try await ledger.registry.throughput()
    #expect(speeds.map(\.run) == [3, 1])
    // 3 × 150 FLOPs a token with logits, 12,800 tokens in 2 s.
    #expect(speeds.allSatisfy { $0.flopsPerSecond == 2_880_000 })
  }

  @Test("status counts the runs of each grid, their FLOPs, and who holds them")
  func status() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3, 4])
    let first = try #require(try await ledger.leaseNext())
    try await ledger.end(first.run, epoch: 1, Ledger.finished)
    _ = try await ledger.leaseNext()
    try await ledger.registry.cancel(runs: [4], now: ledger.tick())
    let status = try await ledger.registry.status()
    let grid = try #require(status.studies.first)
    #expect(grid.counts == ["finished": 1, "leased": 1, "queued": 1, "cancelled": 1])
    #expect(grid.flops == 3 * 300 * 12_800 && grid.flopsDone == 300 * 12_800)
    #expect(grid.bestValidationLoss == 4.1)
    #expect(status.workers.map(\.runs) == [[2]])
    #expect(status.workers.map(\.left) == [false])
  }

  @Test("which of a grid's specs are known, and in which state")
  func preview() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let hashes = ([1, 2] as [UInt64]).map { Ledger.run(seed: $0).sha256 }
    #expect(
      try await ledger.registry.preview(hashes)
        == [hashes[0]: KnownRun(id: 1, state: .queued)])
  }
}
