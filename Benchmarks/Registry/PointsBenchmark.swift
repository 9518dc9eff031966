import Foundation
import Registry
import Wire

/// Metric points recorded durably: many runs report steps with loss, learning rate, gradient norm and
/// balance at once.
struct PointsBenchmark {
  private static let runs = 64
  private static let steps = 100
  private let options: Options
  private let place: URL

  init(_ options: Options, _ place: URL) {
    self.options = options
    self.place = place
  }

  func rows() async throws -> [Figure] {
    let path = place.appending(path: "points.db").path
    try await BenchmarkGrid.fill(path, runs: 1000)
    let registry = try Registry.open(path)
    defer { try? registry.close() }
    try await registry.register(
      WorkerRegistration(id: "w", host: "h", pid: 1, slots: 64, version: "0"), now: 0)
    var leases: [Lease] = []
    for index in 0..<Self.runs {
      let wish = LeaseRequest(worker: "w", request: "w-\(index)")
      leases += [try await registry.lease(wish, now: 0, leaseDuration: .seconds(300))].compactMap(
        \.self)
    }
    let reports = options.quick ? 20 : 100
    let (start, before) = (ContinuousClock.now, clock())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lease in leases {
        group.addTask {
          for sequence in 1...reports {
            _ = try await registry.report(
              Self.report(lease, sequence: sequence), now: 0, leaseDuration: .seconds(300))
          }
        }
      }
      try await group.waitForAll()
    }
    let points = Double(Self.runs * reports * Self.steps * 4)
    let processor = Double(clock() - before) / Double(CLOCKS_PER_SEC)
    return [
      Figure(
        what: "metric points recorded durably, 400 a report", unit: "1/s",
        measured: points / start.duration(to: .now).inSeconds, asked: .atLeast(200_000)),
      Figure(
        what: "processor time a point", unit: "µs", measured: processor / points * 1e6),
    ]
  }

  private static func report(_ lease: Lease, sequence: Int) -> Report {
    let first = (sequence - 1) * steps
    return Report(
      run: lease.run, epoch: lease.epoch, sequence: sequence,
      events: (1...steps).map { index in
        let step = first + index
        return .step(
          .init(
            step: step, tokens: step * 1024, loss: 9 / (1 + Double(step).squareRoot()),
            lr: 0.01 / Double(step), gradNorm: 1 + 1 / Double(step),
            balance: .init(maxOverMean: 1.1 + 1 / Double(step))))
      })
  }
}
