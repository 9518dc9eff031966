import Testing
import Wire

@testable import Registry

@Suite("A lease that lapsed comes back while nobody has taken the run")
struct LapsedLeaseTests {
  /// A run whose first lease has lapsed after two steps.
  private func lapsed(_ ledger: Ledger) async throws -> Lease {
    try await ledger.submit([1])
    let lease = try #require(try await ledger.leaseNext())
    _ = try await ledger.report(
      lease.run, epoch: 1,
      [.started(.init(parameters: 1, activeParameters: 1))] + steps(1...2))
    #expect(try await ledger.registry.reap(now: ledger.tick(60_000)).map(\.state) == [.queued])
    return lease
  }

  private func steps(_ range: ClosedRange<Int>) -> [TrainerEvent] {
    range.map { .step(.init(step: $0, tokens: 128 * $0, loss: Double($0))) }
  }

  private func violations(_ ledger: Ledger) async throws -> [String] {
    try await ledger.registry.inspect().violations.map { "\($0)" }
  }

  @Test("to its worker's next report: the attempt goes on under its epoch, its curve unbroken")
  func report() async throws {
    let ledger = try await Ledger()
    let lease = try await lapsed(ledger)
    #expect(
      try await ledger.report(lease.run, epoch: 1, sequence: 2, steps(3...4)) == .continue)
    #expect(
      try await ledger.rows("SELECT state, epoch, worker_id, lost_leases, message FROM run")
        == [["leased", "1", "w", "0", ""]])
    #expect(try await violations(ledger) == [])
    #expect(try await ledger.leaseNext() == nil, "nobody else gets it")
    try await ledger.end(lease.run, epoch: 1, sequence: 3, Ledger.finished)
    #expect(
      try await ledger.rows("SELECT step, loss FROM losses WHERE metric = 'loss'")
        == (1...4).map { ["\($0)", "\(Double($0))"] })
    let kinds = try await ledger.registry.events(after: 0, limit: 100).map(\.kind)
    #expect(kinds.suffix(4) == [.runLeased, .runLost, .runRevived, .runFinished])
    #expect(try await violations(ledger) == [])
  }

  @Test("to its outcome, which is recorded once", arguments: [Ledger.finished, Ledger.released])
  func outcome(_ outcome: Outcome) async throws {
    let ledger = try await Ledger()
    let lease = try await lapsed(ledger)
    for _ in 1...2 { try await ledger.end(lease.run, epoch: 1, sequence: 2, outcome) }
    let isFinished = outcome == Ledger.finished
    #expect(try await ledger.state(lease.run) == (isFinished ? "finished" : "queued"))
    #expect(
      try await ledger.rows("SELECT outcome FROM attempt")
        == [[isFinished ? "finished" : "released"]])
    #expect(try await violations(ledger) == [])
  }

  @Test("and not once another has it, it was cancelled, or five have lapsed")
  func taken() async throws {
    for ending in ["taken", "cancelled", "failed"] {
      let ledger = try await Ledger()
      let lease = try await lapsed(ledger)
      switch ending {
      case "taken": #expect(try await ledger.leaseNext()?.epoch == 2)
      case "cancelled": try await ledger.registry.cancel(runs: [lease.run], now: ledger.tick())
      default:
        for _ in 2...5 {
          #expect(try await ledger.leaseNext() != nil)
          _ = try await ledger.registry.reap(now: ledger.tick(60_000))
        }
        #expect(try await ledger.state(lease.run) == "failed")
      }
      let epochs = try await ledger.rows("SELECT max(epoch) FROM attempt")[0][0]
      let before = try await ledger.dump()
      for epoch in 1...Int(epochs)! where ending != "taken" || epoch == 1 {
        await #expect(throws: RegistryError.leaseLost(run: lease.run, epoch: epoch)) {
          _ = try await ledger.report(lease.run, epoch: epoch, sequence: epoch == 1 ? 2 : 1)
        }
        await #expect(throws: RegistryError.leaseLost(run: lease.run, epoch: epoch)) {
          try await ledger.end(
            lease.run, epoch: epoch, sequence: epoch == 1 ? 2 : 1, Ledger.finished)
        }
      }
      #expect(try await ledger.dump() == before, "\(ending)")
    }
  }

  @Test("a killed worker's successor says so: the run is queued at once, each death counts once")
  func killed() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let lost = Outcome.failed(.init(kind: .lost, message: "its worker was killed"))
    for death in 1...5 {
      let lease = try #require(try await ledger.leaseNext())
      #expect(lease.epoch == death)
      // Now and then the lease has lapsed before the successor is there.
      if death.isMultiple(of: 2) {
        _ = try await ledger.registry.reap(now: ledger.tick(60_000))
        _ = try await ledger.report(1, epoch: death, sequence: 1)
      } else {
        _ = try await ledger.report(1, epoch: death, sequence: 1)
      }
      for _ in 1...2 { try await ledger.end(1, epoch: death, sequence: 2, lost) }
      #expect(
        try await ledger.rows("SELECT state, lost_leases, failures FROM run")
          == [[death < 5 ? "queued" : "failed", "\(death)", "0"]])
      #expect(try await violations(ledger) == [])
    }
  }
}
