import Testing
import Wire

@testable import Registry

@Suite("A run that is no longer its worker's costs the worker nothing")
struct CancellationTests {
  private static let next = LeaseRequest(worker: Ledger.worker, request: "next")

  @Test("a cancelled trainer is told to stop, and its slot gets the next run")
  func cancelled() async throws {
    let ledger = try await Ledger()
    let runs = try await ledger.submit([1, 2]).runs.map(\.id)
    _ = try await ledger.leaseNext()
    try await ledger.registry.cancel(runs: [runs[0]], now: ledger.tick())
    let step = TrainerEvent.step(.init(step: 1, tokens: 1, loss: 1))
    #expect(try await ledger.report(runs[0], epoch: 1, [step]) == .stop)
    let next = try await ledger.end(runs[0], epoch: 1, Ledger.finished, next: Self.next)
    #expect(next?.run == runs[1])
    #expect(try await ledger.state(runs[0]) == "cancelled")
    #expect(try await ledger.rows("SELECT * FROM metrics").isEmpty)

    // Retried, it is another epoch's; the old one is still told to stop.
    try await ledger.registry.retry(runs: [runs[0]], now: ledger.tick())
    #expect(try await ledger.leaseNext()?.epoch == 2)
    #expect(try await ledger.report(runs[0], epoch: 1, [step]) == .stop)
    #expect(try await ledger.report(runs[0], epoch: 2) == .continue)
  }

  @Test("an outcome is recorded even when its wish cannot be granted")
  func departed() async throws {
    let ledger = try await Ledger()
    let runs = try await ledger.submit([1, 2]).runs.map(\.id)
    let lease = try #require(try await ledger.leaseNext())
    let wishes = [
      LeaseRequest(worker: "stranger", request: "a"),
      LeaseRequest(worker: Ledger.worker, request: "w/1"),
    ]
    for wish in wishes {
      #expect(try await ledger.end(runs[0], epoch: lease.epoch, Ledger.finished, next: wish) == nil)
    }
    #expect(try await ledger.state(runs[0]) == "finished")
    #expect(try await ledger.state(runs[1]) == "queued")
  }
}
