import Experiment
import Foundation
import Registry
import Wire

/// 100,000 runs expanded and inserted, visible at once, while workers lease and end runs of another
/// grid.
struct SubmissionBenchmark {
  private let options: Options
  private let place: URL
  private let limits: DiskLimits

  init(_ options: Options, _ place: URL, _ limits: DiskLimits) {
    self.options = options
    self.place = place
    self.limits = limits
  }

  func rows() async throws -> [Figure] {
    let count = 100_000
    let path = place.appending(path: "submission.db").path
    try await BenchmarkGrid.fill(path, runs: 20_000)
    let registry = try Registry.open(path)
    defer { try? registry.close() }
    let worker = Task.detached { try await Self.work(on: registry, worker: "w") }
    let start = ContinuousClock.now
    let grid = try BenchmarkGrid.submission(
      BenchmarkGrid.grid("large", runs: count, firstSeed: 1000))
    let expanded = start.duration(to: .now)
    let submitted = try await registry.submit([grid], now: 0)
    let seconds = start.duration(to: .now).inSeconds
    worker.cancel()
    let latencies = try await worker.value
    precondition(submitted[0].inserted == count && submitted[0].runs.count == count)
    return [
      Figure(
        what: "100,000 runs expanded and inserted", unit: "s", measured: seconds,
        asked: .atMost(2), limit: Double(count) / limits.inserts),
      Figure(what: "of which expansion and digests", unit: "s", measured: expanded.inSeconds),
      Figure(
        what: "lease meanwhile, 99th percentile of \(latencies.count)", unit: "ms",
        measured: latencies.percentile(0.99).inSeconds * 1000, asked: .atMost(250)),
    ]
  }

  /// Leases a run, ends it, leases the next, until it is cancelled. How long each lease took.
  private static func work(on registry: Registry, worker: String) async throws -> [Duration] {
    try await registry.register(
      WorkerRegistration(id: worker, host: "h", pid: 1, slots: 1, version: "0"), now: 0)
    var latencies: [Duration] = []
    while !Task.isCancelled {
      let start = ContinuousClock.now
      let wish = LeaseRequest(worker: worker, request: "\(worker)-\(latencies.count)")
      guard
        let lease = try? await registry.lease(wish, now: 0, leaseDuration: .seconds(300))
      else { break }
      latencies.append(start.duration(to: .now))
      _ = try? await registry.outcome(
        OutcomeReport(
          report: Report(run: lease.run, epoch: lease.epoch, sequence: 1, events: []),
          outcome: .finished(.init(loss: 3, tokens: 1, flops: 1)), next: nil),
        now: 0, leaseDuration: .seconds(300))
    }
    return latencies
  }
}
