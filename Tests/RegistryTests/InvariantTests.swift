import Testing
import Wire

@testable import Registry

@Suite("Whatever happens in whatever order")
struct InvariantTests {
  /// SplitMix64: one seed, one history.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// Each query names a way in which the registry would be wrong, and finds nothing.
  static let violations = [
    "a leased run has one open attempt, of its epoch": """
    SELECT id FROM run WHERE (state = 'leased') <> (
      SELECT count(*) FROM attempt
      WHERE run_id = run.id AND epoch = run.epoch AND ended_at IS NULL)
    """,
    "no attempt but the last is open": """
    SELECT run_id FROM attempt JOIN run ON run.id = run_id
    WHERE attempt.epoch < run.epoch AND ended_at IS NULL
    """,
    "a run is finished by one attempt": """
    SELECT id FROM run WHERE (state = 'finished') <> (
      SELECT count(*) FROM attempt WHERE run_id = run.id AND outcome = 'finished')
    """,
    "a step of a curve stands once": """
    SELECT run FROM metrics GROUP BY run, metric, step HAVING count(*) > 1
    """,
    "each lease is an event": """
    SELECT id FROM run WHERE epoch <> (
      SELECT count(*) FROM event WHERE run_id = run.id AND kind = 'run_leased')
    """,
  ]

  @Test("the invariants hold after every step", arguments: [1, 2, 3] as [UInt64])
  func history(seed: UInt64) async throws {
    var dice = Dice(state: seed)
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3, 4])
    var leases: [(run: Int64, epoch: Int, sequence: Int)] = []
    for step in 0..<150 {
      do {
        switch Int.random(in: 0..<10, using: &dice) {
        case 0...2:
          if let lease = try await ledger.leaseNext() { leases.append((lease.run, lease.epoch, 0)) }
        case 3...5:
          guard let index = leases.indices.randomElement(using: &dice) else { continue }
          leases[index].sequence += 1
          let lease = leases[index]
          _ = try await ledger.report(
            lease.run, epoch: lease.epoch, sequence: lease.sequence,
            lease.sequence == 1
              ? [.started(.init(parameters: 1, activeParameters: 1))]
              : [.step(.init(step: lease.sequence, tokens: lease.sequence, loss: 3))])
        case 6:
          guard let lease = leases.randomElement(using: &dice) else { continue }
          let outcome = [Ledger.finished, Ledger.diverged, Ledger.failed, Ledger.released]
            .randomElement(using: &dice)!
          try await ledger.end(
            lease.run, epoch: lease.epoch, sequence: lease.sequence + 1, outcome)
        case 7: _ = try await ledger.registry.reap(now: ledger.tick(20_000))
        case 8:
          try await ledger.registry.cancel(
            runs: [Int64.random(in: 1...4, using: &dice)], now: ledger.tick())
        default:
          try await ledger.registry.retry(
            run: Int64.random(in: 1...4, using: &dice), now: ledger.tick())
        }
      } catch is RegistryError {
        // A refusal is an answer; what it may not do is change anything.
      }
      for (name, query) in Self.violations {
        #expect(try await ledger.rows(query).isEmpty, "step \(step): \(name)")
      }
    }
  }
}
