import Testing
import Wire

@testable import Registry

@Suite("An attempt that lost its lease changes nothing any more")
struct StaleEpochTests {
  /// What a worker that was away may still send for epoch 1.
  enum Message: String, CaseIterable {
    case emptyReport, nextReport, repeatedReport, skippedReport
    case finished, diverged, failed, released, finishedWithNext

    func send(_ run: Int64, _ ledger: Ledger) async throws {
      let step = TrainerEvent.step(.init(step: 9, tokens: 9, loss: 1))
      switch self {
      case .emptyReport: _ = try await ledger.report(run, epoch: 1, sequence: 3)
      case .nextReport: _ = try await ledger.report(run, epoch: 1, sequence: 3, [step])
      case .repeatedReport: _ = try await ledger.report(run, epoch: 1, sequence: 2, [step])
      case .skippedReport: _ = try await ledger.report(run, epoch: 1, sequence: 7, [step])
      case .finished: try await ledger.end(run, epoch: 1, sequence: 3, Ledger.finished)
      case .diverged: try await ledger.end(run, epoch: 1, sequence: 3, Ledger.diverged)
      case .failed: try await ledger.end(run, epoch: 1, sequence: 3, Ledger.failed)
      case .released: try await ledger.end(run, epoch: 1, sequence: 3, Ledger.released)
      case .finishedWithNext:
        try await ledger.end(
          run, epoch: 1, sequence: 3, Ledger.finished,
          next: LeaseRequest(worker: Ledger.worker, request: "next"))
      }
    }
  }

  /// A run whose second attempt goes on, and another that waits.
  private static func releasedAgain(_ ledger: Ledger) async throws -> Int64 {
    try await ledger.submit([1, 2])
    for epoch in 1...2 {
      let lease = try #require(try await ledger.leaseNext())
      #expect(lease.epoch == epoch)
      _ = try await ledger.report(
        lease.run, epoch: epoch, [.started(.init(parameters: 1, activeParameters: 1))])
      _ = try await ledger.report(
        lease.run, epoch: epoch, sequence: 2, [.step(.init(step: 1, tokens: 128, loss: 5))])
      if epoch == 1 { _ = try await ledger.registry.reap(now: ledger.tick(60_000)) }
    }
    return 1
  }

  @Test("its message is refused and nothing is written", arguments: Message.allCases)
  func refused(message: Message) async throws {
    let ledger = try await Ledger()
    let run = try await Self.releasedAgain(ledger)
    let before = try await ledger.dump()
    #expect(before["attempt"]?.count == 2 && before["loss_chunk"]?.count == 2)
    await #expect(throws: RegistryError.leaseLost(run: run, epoch: 1)) {
      try await message.send(run, ledger)
    }
    #expect(try await ledger.dump() == before)
  }

  @Test("an epoch or a run that never was is refused alike", arguments: [(1, 3), (1, 0), (77, 1)])
  func never(run: Int64, epoch: Int) async throws {
    let ledger = try await Ledger()
    _ = try await Self.releasedAgain(ledger)
    let before = try await ledger.dump()
    let lost = RegistryError.leaseLost(run: run, epoch: epoch)
    await #expect(throws: lost) { try await ledger.report(run, epoch: epoch) }
    await #expect(throws: lost) { try await ledger.end(run, epoch: epoch, Ledger.finished) }
    #expect(try await ledger.dump() == before)
  }
}
