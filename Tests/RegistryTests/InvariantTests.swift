import Testing
import Wire

@testable import Registry

@Suite("Whatever happens in whatever order")
struct InvariantTests {
  /// What a worker remembers of a lease that it was given.
  struct Memory {
    let request: LeaseRequest
    let lease: Lease
    var sequence = 0
    var outcome: OutcomeReport?
  }

  @Test("the invariants hold after every step", arguments: [1, 2, 3] as [UInt64])
  func history(seed: UInt64) async throws {
    var dice = Dice(state: seed)
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3, 4])
    try await ledger.submit([3, 4, 2], grid: "shares")
    var memories: [Memory] = []
    var epochs: [[String]] = []
    var ended: [[String]] = []
    var refusals = 0
    for step in 0..<150 {
      let before = try await ledger.dump()
      do {
        try await Self.act(&memories, step: step, on: ledger, &dice)
      } catch is RegistryError {
        refusals += 1
        #expect(try await ledger.dump() == before, "step \(step): a refusal changes nothing")
      }
      let found = try await ledger.registry.inspect()
      #expect(found.isSound, "step \(step): \(found.violations)")
      let next = try await ledger.rows("SELECT epoch FROM run ORDER BY id")
      #expect(zip(epochs, next).allSatisfy { Int($0[0])! <= Int($1[0])! }, "epochs never fall")
      epochs = next
      let over = try await ledger.rows(
        "SELECT * FROM run WHERE state IN ('finished', 'diverged') ORDER BY id")
      #expect(ended.allSatisfy(over.contains), "step \(step): what has ended never changes")
      ended = over
    }
    #expect(refusals > 10)
  }

  /// One thing that a worker, a person or the clock does; often late, twice or of an old epoch.
  private static func act(
    _ memories: inout [Memory], step: Int, on ledger: Ledger, _ dice: inout Dice
  ) async throws {
    let index = memories.indices.randomElement(using: &dice)
    let run = Int64.random(in: 1...4, using: &dice)
    switch Int.random(in: 0..<17, using: &dice) {
    case 0...3:
      try await ask(LeaseRequest(worker: Ledger.worker, request: "s\(step)"), &memories, ledger)
    case 4:
      guard let index else { return }
      let memory = memories[index]
      let again = try await ledger.registry.lease(
        memory.request, now: ledger.tick(), leaseDuration: Ledger.lease)
      #expect(again == memory.lease, "a repeated request gets the lease that it was given")
    case 5...8:
      guard let index else { return }
      // Now and then the last report once more, or one too far.
      let jump = [0, 1, 1, 1, 2].randomElement(using: &dice)!
      let sequence = memories[index].sequence + jump
      _ = try await ledger.report(
        memories[index].lease.run, epoch: memories[index].lease.epoch, sequence: sequence,
        events(sequence, epoch: memories[index].lease.epoch))
      memories[index].sequence = sequence
    case 9...10:
      guard let index else { return }
      let outcome =
        memories[index].outcome
        ?? OutcomeReport(
          report: Report(
            run: memories[index].lease.run, epoch: memories[index].lease.epoch,
            sequence: memories[index].sequence + 1, events: []),
          outcome: [Ledger.finished, Ledger.diverged, Ledger.failed, Ledger.released]
            .randomElement(using: &dice)!,
          next: LeaseRequest(worker: Ledger.worker, request: "o\(step)"))
      memories[index].outcome = outcome
      let next = try await ledger.registry.outcome(
        outcome, now: ledger.tick(), leaseDuration: Ledger.lease)
      if let next, let request = outcome.next, !memories.contains(where: { $0.lease == next }) {
        memories.append(Memory(request: request, lease: next))
      }
    case 11: _ = try await ledger.registry.reap(now: ledger.tick(20_000))
    case 12: try await ledger.registry.cancel(runs: [run], now: ledger.tick())
    case 13: try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())
    case 14: try await ledger.register()
    case 15:
      try await ledger.registry.extendLeases(now: ledger.tick(), by: Ledger.lease)
    default: try await ledger.registry.retry(runs: [run], now: ledger.tick())
    }
  }

  private static func ask(
    _ request: LeaseRequest, _ memories: inout [Memory], _ ledger: Ledger
  ) async throws {
    let lease = try await ledger.registry.lease(
      request, now: ledger.tick(), leaseDuration: Ledger.lease)
    if let lease { memories.append(Memory(request: request, lease: lease)) }
  }

  /// What the report of that number says: an even attempt resumes from step 5, an odd one begins
  /// from scratch.
  private static func events(_ sequence: Int, epoch: Int) -> [TrainerEvent] {
    sequence == 1
      ? [
        .started(
          .init(parameters: 1, activeParameters: 1, firstStep: epoch.isMultiple(of: 2) ? 5 : 0))
      ]
      : (0..<3).map {
        .step(.init(step: 2 * sequence + $0, tokens: sequence, loss: 3))
      }
  }
}
