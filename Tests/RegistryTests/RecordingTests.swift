import Foundation
import Testing
import Wire

@testable import Registry

@Suite("What is repeated is answered alike and recorded once")
struct RecordingTests {
  @Test("the same grid again inserts nothing; a spec that two grids share is one run")
  func submission() async throws {
    let ledger = try await Ledger()
    let first = try await ledger.submit([1, 2])
    let again = try await ledger.submit([1, 2])
    #expect(again.known && again.id == first.id && again.runs == first.runs)
    let other = try await ledger.submit([2, 3], grid: "other")
    #expect(other.inserted == 1)
    #expect(other.runs[0] == first.runs[1])
    #expect(try await ledger.rows("SELECT count(*) FROM run") == [["3"]])
    #expect(
      try await ledger.registry.runs(RunFilter(gridID: other.id)).map(\.id)
        == other.runs.map(\.id))
  }

  @Test("a lease request gets its lease again while that lives, and is spent afterwards")
  func lease() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2])
    let wish = LeaseRequest(worker: Ledger.worker, request: "once")
    func ask() async throws -> Lease? {
      try await ledger.registry.lease(wish, now: ledger.tick(), leaseDuration: Ledger.lease)
    }
    let lease = try #require(try await ask())
    #expect(try await ask() == lease)
    try await ledger.end(lease.run, epoch: lease.epoch, Ledger.finished)
    await #expect(throws: RegistryError.requestSpent("once")) { try await ask() }
  }

  @Test("how often a run goes over its training text is known from its start")
  func epochs() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let lease = try #require(try await ledger.leaseNext())
    let started = TrainerEvent.Started(parameters: 1, activeParameters: 1, epochs: 1.5)
    _ = try await ledger.report(lease.run, epoch: lease.epoch, [.started(started)])
    #expect(try await ledger.rows("SELECT epochs FROM runs") == [["1.5"]])
    try await ledger.end(lease.run, epoch: lease.epoch, sequence: 2, Ledger.finished)
    #expect(try await ledger.rows("SELECT epochs FROM runs") == [["1.5"]])
  }

  @Test("a report that is repeated adds no point, one that skips a number is refused")
  func report() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let lease = try #require(try await ledger.leaseNext())
    let events: [TrainerEvent] = [
      .started(.init(parameters: 1, activeParameters: 1)),
      .step(.init(step: 1, tokens: 128, loss: 6.25, lr: 0.1)),
      .eval(.init(step: 1, tokens: 128, split: "validation", loss: 6, bitsPerByte: 3)),
    ]
    for _ in 1...3 {
      #expect(try await ledger.report(lease.run, epoch: lease.epoch, events) == .continue)
    }
    #expect(
      try await ledger.rows("SELECT metric, step, tokens, loss FROM losses ORDER BY metric") == [
        ["bits_per_byte", "1", "128", "3.0"], ["loss", "1", "128", "6.25"],
        ["validation_loss", "1", "128", "6.0"],
      ])
    await #expect(
      throws: RegistryError.outOfSequence(
        run: lease.run, epoch: lease.epoch, expected: 2, received: 3)
    ) { try await ledger.report(lease.run, epoch: lease.epoch, sequence: 3) }
  }

  @Test("a warning that a resumed trainer says again is one event, and the run's detail has it")
  func warning() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2])
    let warning = TrainerEvent.Warning(step: 5, kind: "dead_experts", message: "block 1: 3 of 8")
    let first = try #require(try await ledger.leaseNext())
    let other = try #require(try await ledger.leaseNext())
    for lease in [first, other] {
      _ = try await ledger.report(lease.run, epoch: lease.epoch, [.warning(warning)])
    }
    try await ledger.end(first.run, epoch: first.epoch, sequence: 2, Ledger.released)
    let again = try #require(try await ledger.leaseNext())
    let later = TrainerEvent.Warning(step: 10, kind: "dead_experts", message: "block 1: 4 of 8")
    _ = try await ledger.report(
      again.run, epoch: again.epoch, [.warning(warning), .warning(later)])
    #expect(try await ledger.registry.run(first.run).warnings == [warning, later])
    #expect(try await ledger.registry.run(other.run).warnings == [warning])
    let events = try await ledger.registry.events(after: 0, limit: 100)
      .filter { $0.kind == .runWarned }
    #expect(events.map(\.epoch) == [1, 1, 2])
    #expect(events.allSatisfy { $0.study == "s" && $0.worker == Ledger.worker })
    #expect(
      events[2].detail == [
        "step": .integer(10), "warning": .text("dead_experts"),
        "message": .text("block 1: 4 of 8"),
      ])
  }

  @Test("an outcome that is repeated leases no second run")
  func outcome() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3])
    let lease = try #require(try await ledger.leaseNext())
    let next = LeaseRequest(worker: Ledger.worker, request: "next")
    let answer = try await ledger.end(
      lease.run, epoch: lease.epoch, Ledger.finished, next: next)
    #expect(answer != nil)
    #expect(
      try await ledger.end(lease.run, epoch: lease.epoch, Ledger.finished, next: next) == answer)
    #expect(try await ledger.rows("SELECT count(*) FROM run WHERE state = 'leased'") == [["1"]])
  }

  @Test("two failures are tried again, the third ends the run; a divergence ends it at once")
  func budget() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    for state in ["queued", "queued", "failed"] {
      let lease = try #require(try await ledger.leaseNext())
      try await ledger.end(lease.run, epoch: lease.epoch, Ledger.failed)
      #expect(try await ledger.state(lease.run) == state)
      #expect(try await ledger.leaseNext() == nil, "it is not tried again at once")
      _ = ledger.tick(3_600_000)
    }
    let other = try await ledger.submit([2], grid: "other").runs[0].id
    let lease = try #require(try await ledger.leaseNext())
    try await ledger.end(lease.run, epoch: lease.epoch, Ledger.diverged)
    #expect(try await ledger.state(other) == "diverged")
    #expect(
      try await ledger.rows("SELECT epoch, failures FROM run WHERE id = \(other)") == [["1", "0"]])
    #expect(try await ledger.leaseNext() == nil)
  }

  @Test("leases of a daemon that was away are extended before they are reaped")
  func extended() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let lease = try #require(try await ledger.leaseNext())
    let back = ledger.tick(3_600_000)
    #expect(try await ledger.registry.extendLeases(now: back, by: Ledger.lease) == 1)
    #expect(try await ledger.registry.reap(now: back).isEmpty)
    #expect(try await ledger.report(lease.run, epoch: lease.epoch) == .continue)
  }

  @Test("a law is recorded once for each set of runs, its leverage with it")
  func law() async throws {
    let ledger = try await Ledger()
    let run = try await ledger.submit([1]).runs[0].id
    let lease = try #require(try await ledger.leaseNext())
    try await ledger.end(run, epoch: lease.epoch, Ledger.finished)
    let law = LawSubmission(
      study: "s", name: "dense-loss", form: "power-law",
      parameters: [.init(name: "α", value: 14)], warnings: ["few"], inputSHA256: "abc",
      runs: [run])
    let leverage = [
      NewLeverage(run: run, leverage: 1.5, low: 1.2, high: 1.9, extrapolated: false)
    ]
    let first = try await ledger.registry.record(law, leverage: leverage, now: ledger.tick())
    #expect(first.inserted)
    #expect(try await ledger.registry.record(law, now: ledger.tick()) == (first.id, false))
    let rows = try await ledger.registry.leverage(study: "s")
    #expect(rows.map(\.leverage) == [1.5])
    #expect(rows[0].point == "A=1/4" && rows[0].seed == 1)
    #expect(try await ledger.registry.laws().map(\.warnings) == [["few"]])
  }
}
