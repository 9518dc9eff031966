import Experiment
import Testing
import Wire

@testable import Registry

@Suite("However a cluster lives, its queue keeps its promises")
struct QueuePropertyTests {
  /// Each query names a way in which the queue would be wrong, and finds nothing.
  static let violations = [
    "a worker is never oversubscribed": """
    SELECT worker.id FROM worker JOIN (
      SELECT worker_id, sum(cpus) AS cpus, sum(memory) AS memory FROM attempt
      WHERE ended_at IS NULL GROUP BY worker_id) AS held ON held.worker_id = worker.id
    WHERE held.cpus > worker.slots OR held.memory > worker.memory
    """,
    "nor are its GPUs, of any type": """
    SELECT worker.id FROM worker JOIN (
      SELECT worker_id, gpu_type, sum(gpus) AS gpus FROM attempt
      WHERE ended_at IS NULL AND gpus > 0 GROUP BY 1, 2) AS held ON held.worker_id = worker.id
    WHERE held.gpus > coalesce(worker.gpus ->> ('$.' || held.gpu_type), 0)
    """,
    "a worker has the labels that its runs ask for": """
    SELECT attempt.run_id
    FROM attempt
    JOIN worker ON worker.id = attempt.worker_id
    JOIN run ON run.id = attempt.run_id
    JOIN queue_class ON queue_class.id = run.class_id
    JOIN grid_queue ON grid_queue.grid_id = queue_class.grid_id
    JOIN json_each(grid_queue.labels) AS label
    WHERE attempt.ended_at IS NULL
      AND label.value NOT IN (SELECT value FROM json_each(worker.labels))
    """,
    "what a study holds is what its attempts hold": """
    SELECT study_queue.study_id FROM study_queue WHERE
      (running, held, held_gpus) <> (
        SELECT count(*), coalesce(sum(max(cpus, 16 * gpus)), 0), coalesce(sum(gpus), 0)
        FROM attempt WHERE attempt.study_id = study_queue.study_id AND ended_at IS NULL)
      OR abs(held_flops - (
        SELECT coalesce(sum(run.flops), 0.0) FROM attempt JOIN run ON run.id = attempt.run_id
        WHERE attempt.study_id = study_queue.study_id AND ended_at IS NULL)) > 1
    """,
    "what a study has spent is what its attempts have spent": """
    SELECT study_queue.study_id FROM study_queue WHERE
      abs(spent_flops - (SELECT coalesce(sum(flops), 0.0) FROM attempt
        WHERE attempt.study_id = study_queue.study_id)) > 1
      OR abs(spent_gpu_seconds - (SELECT coalesce(
        sum(gpus * (coalesce(ended_at, used_at) - leased_at)), 0) / 1000.0
        FROM attempt WHERE attempt.study_id = study_queue.study_id)) > 0.01
    """,
    "a run that waits is in a class": """
    SELECT id FROM run WHERE state = 'queued' AND class_id IS NULL
    """,
  ]

  @Test("at every step, and in the end every run is served", arguments: [1, 2] as [UInt64])
  func history(seed: UInt64) async throws {
    let simulation = try await QueueSimulation(seed: seed)
    for step in 0..<150 {
      try await simulation.step()
      for (name, query) in Self.violations {
        #expect(try await simulation.ledger.rows(query).isEmpty, "step \(step): \(name)")
      }
    }
    let turns = try await simulation.drain()
    #expect(turns < 2000)
    let states = try await simulation.ledger.rows(
      "SELECT DISTINCT state FROM run ORDER BY 1")
    #expect(states == [["diverged"], ["finished"]])
  }

  @Test("studies get what their weights say")
  func shares() async throws {
    var dice = Dice(state: 1)
    let ledger = try await Ledger()
    let weights = ["s0": 1.0, "s1": 2.0, "s2": 5.0]
    for (index, (study, weight)) in weights.sorted(by: { $0.key < $1.key }).enumerated() {
      let first = UInt64(index) * 1000
      try await ledger.submit(Array(first..<first + 300), grid: study, study: study)
      _ = try await ledger.registry.change(
        study: study, .init(weight: weight), now: ledger.tick())
    }
    var ends: [(at: Int64, lease: Lease)] = []
    for _ in 0..<320 {
      while let lease = try await ledger.leaseNext() {
        ends.append((ledger.now + Int64.random(in: 30_000...300_000, using: &dice), lease))
      }
      let index = ends.indices.min { ends[$0].at < ends[$1].at }!
      let (at, lease) = ends.remove(at: index)
      if at > ledger.now { _ = ledger.tick(at - ledger.now) }
      try await ledger.end(lease.run, epoch: lease.epoch, Ledger.finished)
    }
    let rows = try await ledger.rows(
      "SELECT study, sum(ended_at - leased_at) FROM ledger WHERE ended_at IS NOT NULL GROUP BY 1")
    let used = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], Double($0[1])!) })
    let total = used.values.reduce(0, +)
    for (study, weight) in weights {
      let share = used[study, default: 0] / total
      #expect(abs(share / (weight / 8) - 1) < 0.15, "\(study): \(share) for \(weight) of 8")
    }
  }

  @Test("slots that come free at once are shared, too")
  func burst() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3, 4, 5, 6, 7, 8], grid: "a", study: "a")
    try await ledger.submit([11, 12, 13, 14, 15, 16, 17, 18], grid: "b", study: "b")
    _ = try await ledger.registry.change(study: "b", .init(weight: 3), now: ledger.tick())
    for _ in 0..<8 { _ = try await ledger.leaseNext() }
    #expect(
      try await ledger.rows("SELECT study, count(*) FROM ledger GROUP BY 1")
        == [["a", "2"], ["b", "6"]])
  }

  @Test("a run that needs a whole worker is not passed over for ever")
  func wide() async throws {
    let ledger = try await Ledger()
    let wide = try await ledger.submit(
      [0], grid: "wide", Scheduling(resources: .init(cpus: 8))
    ).runs[0].id
    try await ledger.submit(Array(1...400), grid: "narrow")
    // The worker is busy with narrow runs before the wide one comes first.
    _ = try await ledger.registry.pause(grid: 1, true, now: ledger.tick())
    var held: [Lease] = []
    for _ in 0..<8 { held.append(try #require(try await ledger.leaseNext())) }
    _ = try await ledger.registry.pause(grid: 1, false, now: ledger.tick())
    var turns = 0
    while try await ledger.state(wide) == "queued", turns < 100 {
      turns += 1
      if !held.isEmpty {
        let lease = held.removeFirst()
        _ = ledger.tick(60_000)
        try await ledger.end(lease.run, epoch: lease.epoch, Ledger.finished)
      }
      if let lease = try await ledger.leaseNext() { held.append(lease) }
    }
    #expect(try await ledger.state(wide) == "leased")
    #expect((10...25).contains(turns), "ten minutes of patience, then eight runs to end: \(turns)")
  }
}
