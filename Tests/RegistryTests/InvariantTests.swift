import Testing
import Wire

@testable import Registry

@Suite("Whatever happens in whatever order")
struct InvariantTests {
  /// Each query names a way in which the registry would be wrong, and finds nothing.
  static let violations = [
    "a leased run has one open attempt, of its epoch": """
    SELECT id FROM run WHERE (state = 'leased') <> (
      SELECT count(*) FROM attempt
      WHERE run_id = run.id AND epoch = run.epoch AND ended_at IS NULL
        AND worker_id = run.worker_id)
    """,
    "no attempt but the last is open": """
    SELECT run_id FROM attempt JOIN run ON run.id = run_id
    WHERE attempt.epoch < run.epoch AND ended_at IS NULL
    """,
    "each epoch is one attempt": """
    SELECT id FROM run
    WHERE epoch <> (SELECT count(*) FROM attempt WHERE run_id = run.id)
      OR epoch <> (SELECT coalesce(max(epoch), 0) FROM attempt WHERE run_id = run.id)
    """,
    "a run is finished by one attempt, and says so once": """
    SELECT id FROM run WHERE (state = 'finished') <> (
      SELECT count(*) FROM attempt WHERE run_id = run.id AND outcome = 'finished')
      OR (state = 'finished') <> (
        SELECT count(*) FROM event WHERE run_id = run.id AND kind = 'run_finished')
    """,
    "a run diverges by one attempt": """
    SELECT id FROM run WHERE (state = 'diverged') <> (
      SELECT count(*) FROM attempt WHERE run_id = run.id AND outcome = 'diverged')
    """,
    "a step of a curve stands once": """
    SELECT run FROM metrics GROUP BY run, metric, step HAVING count(*) > 1
    """,
    "an attempt that has ended leaves nothing open": """
    SELECT run_id FROM loss_chunk JOIN attempt USING (run_id, epoch)
    WHERE ended_at IS NOT NULL AND sealed = 0
    """,
    "a chunk's arrays have its length": """
    SELECT run_id FROM loss_chunk
    WHERE points <> json_array_length(steps) OR points <> json_array_length(tokens)
      OR points <> json_array_length("values")
    """,
    "a tally is what counting comes to": """
    WITH counted AS (
      SELECT grid_id, state, count(*) AS runs, min(validation_loss) AS best
      FROM grid_run JOIN run ON run.id = run_id GROUP BY 1, 2),
    kept AS (
      SELECT grid_id, state, runs, iif(state = 'finished', best_validation_loss, NULL) AS best
      FROM grid_tally WHERE runs <> 0)
    SELECT * FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept)
    UNION ALL SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted)
    """,
    "a tally's FLOPs are the sum of its runs'": """
    SELECT grid_id FROM grid_tally AS tally WHERE abs(flops - (
      SELECT coalesce(sum(run.flops), 0.0) FROM grid_run JOIN run ON run.id = run_id
      WHERE grid_id = tally.grid_id AND state = tally.state)) > 1e-9 * abs(flops)
    """,
    "the latest value is the last of the newest attempt that measured any": """
    SELECT run_id, metric, epoch, step, value, open_points FROM latest_value
    EXCEPT
    SELECT run_id, metric, epoch, last_step, json_extract("values", '$[#-1]'), (
      SELECT coalesce(sum(points), 0) FROM loss_chunk AS open
      WHERE (open.run_id, open.metric, open.epoch) = (
        newest.run_id, newest.metric, newest.epoch) AND sealed = 0)
    FROM loss_chunk AS newest WHERE (epoch, first_step) = (
      SELECT epoch, first_step FROM loss_chunk
      WHERE run_id = newest.run_id AND metric = newest.metric
      ORDER BY epoch DESC, first_step DESC LIMIT 1)
    """,
    "a series that has a point has a latest value": """
    SELECT run_id, metric FROM loss_chunk EXCEPT SELECT run_id, metric FROM latest_value
    """,
    "each lease is an event": """
    SELECT id FROM run WHERE epoch <> (
      SELECT count(*) FROM event WHERE run_id = run.id AND kind = 'run_leased')
    """,
  ]

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
      for (name, query) in Self.violations {
        #expect(try await ledger.rows(query).isEmpty, "step \(step): \(name)")
      }
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
