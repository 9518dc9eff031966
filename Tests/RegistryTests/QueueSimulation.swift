import Experiment
import Testing
import Wire

@testable import Registry

/// A cluster that lives on dice: workers of several kinds, studies that want different things, and
/// people who pause, limit and retry them.
final class QueueSimulation {
  /// A run that a worker holds, and when its trainer ends.
  private struct Held {
    var run: Int64
    var epoch: Int
    var worker: String
    var ends: Int64
  }

  static let workers: [(id: String, slots: Int, offer: WorkerOffer)] = [
    ("cpu", 6, .init(memory: 64)),
    ("a100", 8, .init(gpus: ["a100": 4], memory: 256, labels: ["fast"])),
    ("mixed", 16, .init(gpus: ["a100": 2, "h100": 8], memory: 512, labels: ["fast", "big"])),
  ]
  static let requests: [ResourceRequest] = [
    .init(), .init(cpus: 4, memory: 32), .init(cpus: 2, gpus: 1), .init(gpus: 8, gpuType: "h100"),
    .init(cpus: 8, labels: ["fast"]), .init(cpus: 16, memory: 512),
  ]

  let ledger: Ledger
  private var dice: Dice
  private var held: [Held] = []
  private var seeds: UInt64 = 0

  init(seed: UInt64) async throws {
    ledger = try await Ledger()
    dice = Dice(state: seed)
    try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick())
    for worker in Self.workers {
      try await ledger.register(
        worker.id, host: worker.id, slots: worker.slots, offer: worker.offer)
    }
    for study in ["s0", "s1", "s2"] {
      for request in Self.requests { try await submit(request, to: study) }
    }
  }

  private func submit(_ request: ResourceRequest, to study: String) async throws {
    let count = UInt64.random(in: 1...4, using: &dice)
    seeds += count
    try await ledger.submit(
      Array(seeds - count..<seeds), grid: "g\(seeds)", study: study,
      Scheduling(resources: request, priority: Int.random(in: 0...1, using: &dice)))
  }

  /// One thing happens.
  func step() async throws {
    let registry = ledger.registry
    let study = "s\(Int.random(in: 0...2, using: &dice))"
    switch Int.random(in: 0..<20, using: &dice) {
    case 0..<10: try await lease()
    case 10..<15: try await end()
    case 15:
      _ = try await registry.pause(study: study, Bool.random(using: &dice), now: ledger.tick())
    case 16:
      let limit = Int.random(in: 0...6, using: &dice)
      _ = try await registry.change(
        study: study, .init(maxConcurrent: limit == 0 ? .unlimited : .at(Double(limit))),
        now: ledger.tick())
    case 17:
      let budget = Double.random(in: 0...20, using: &dice) * 3.84e6
      _ = try await registry.change(
        study: study, .init(budgetFLOPs: Bool.random(using: &dice) ? .unlimited : .at(budget)),
        now: ledger.tick())
    case 18: _ = try await registry.retry(study: study, now: ledger.tick(60_000))
    default: try await registry.clear(host: "mixed", now: ledger.tick())
    }
  }

  /// Lifts every limit and lets everything finish; the turns that this took.
  func drain() async throws -> Int {
    for study in ["s0", "s1", "s2"] {
      _ = try await ledger.registry.pause(study: study, false, now: ledger.tick())
      _ = try await ledger.registry.change(
        study: study, .init(maxConcurrent: .unlimited, budgetFLOPs: .unlimited), now: ledger.tick())
      _ = try await ledger.registry.retry(study: study, now: ledger.tick())
    }
    var turns = 0
    while try await ledger.registry.hasQueue() || !held.isEmpty, turns < 2000 {
      turns += 1
      for worker in Self.workers {
        try await ledger.registry.clear(host: worker.id, now: ledger.tick())
        try await lease(to: worker.id)
      }
      if !held.isEmpty, turns.isMultiple(of: 2) { try await end(finishing: true) }
      _ = ledger.tick(10_000)
    }
    return turns
  }

  private func lease(to worker: String? = nil) async throws {
    let worker = worker ?? Self.workers.randomElement(using: &dice)!.id
    let before = try await limits()
    guard let lease = try await ledger.leaseNext(worker: worker) else { return }
    let row = try await ledger.rows(
      "SELECT study FROM ledger WHERE run = \(lease.run) AND epoch = \(lease.epoch)")
    #expect(before[row[0][0]] == true, "run \(lease.run): its study may lease no more")
    held.append(
      Held(
        run: lease.run, epoch: lease.epoch, worker: worker,
        ends: ledger.now + Int64.random(in: 1...100, using: &dice) * 1000))
  }

  private func end(finishing: Bool = false) async throws {
    guard let index = held.indices.min(by: { held[$0].ends < held[$1].ends }) else { return }
    let run = held.remove(at: index)
    let outcomes: [Outcome] = [
      Ledger.finished, Ledger.finished, Ledger.diverged, Ledger.released, Ledger.failed(.code),
      Ledger.failed(.outOfMemory), Ledger.failed(.node), Ledger.failed(.start),
      Ledger.failed(.preempted),
    ]
    let outcome = finishing ? Ledger.finished : outcomes.randomElement(using: &dice)!
    // A report renews the lease, which nothing else here does.
    _ = try await ledger.report(run.run, epoch: run.epoch)
    try await ledger.end(run.run, epoch: run.epoch, sequence: 2, outcome)
  }

  /// Whether each study may lease another run, worked out from its attempts alone.
  private func limits() async throws -> [String: Bool] {
    let rows = try await ledger.rows(
      """
      SELECT study.name, NOT paused
        AND (max_concurrent IS NULL OR max_concurrent >
          (SELECT count(*) FROM attempt WHERE study_id = study.id AND ended_at IS NULL))
        AND (budget_flops IS NULL OR budget_flops > (
          SELECT coalesce(sum(iif(ended_at IS NULL, run.flops, attempt.flops)), 0)
          FROM attempt JOIN run ON run.id = attempt.run_id WHERE attempt.study_id = study.id) + 1)
      FROM study JOIN study_queue ON study_id = study.id
      """)
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1] == "1") })
  }
}
