import Foundation

/// No-op runs from lease to recorded outcome over HTTP: one request a run, its outcome and the wish
/// for the next. No trainer runs and no law is fitted.
struct OutcomeBenchmark {
  private static let workers = 64
  private let options: Options
  private let place: URL
  private let limits: DiskLimits

  init(_ options: Options, _ place: URL, _ limits: DiskLimits) {
    self.options = options
    self.place = place
    self.limits = limits
  }

  func rows() async throws -> [Figure] {
    let registry = place.appending(path: "outcomes.db")
    try await BenchmarkGrid.fill(registry.path, runs: options.quick ? 50_000 : 150_000)
    let daemon = try DaemonProcess(options.daemon, registry: registry, folder: place, lease: 300)
    defer { daemon.stop() }
    let connections = try Connections(Self.workers, port: daemon.port)
    _ = connections.roundTrip("PUT", { "/v1/workers/w\($0)" }) {
      #"{"id":"w\#($0)","host":"h","pid":1,"slots":1,"version":"0"}"#
    }
    let leases = connections.roundTrip("POST", { _ in "/v1/leases" }) {
      #"{"worker":"w\#($0)","request":"w\#($0)-0","wait_seconds":0}"#
    }
    // The first second warms caches and connections.
    _ = run(leases, on: connections, seconds: 1, first: 1)
    let again = connections.roundTrip("POST", { _ in "/v1/leases" }) {
      #"{"worker":"w\#($0)","request":"w\#($0)-again","wait_seconds":0}"#
    }
    connections.forgetLatencies()
    let seconds = options.quick ? 3.0 : 10
    let (before, start) = (daemon.processorSeconds, ContinuousClock.now)
    let runs = run(again, on: connections, seconds: seconds, first: 1_000_000)
    let elapsed = start.duration(to: .now).inSeconds
    let cost = (daemon.processorSeconds - before) / Double(runs) * 1000
    return [
      Figure(
        what: "no-op runs over HTTP, FULL, \(Self.workers) workers (limit: single commits)",
        unit: "1/s", measured: Double(runs) / elapsed, asked: .atLeast(5000),
        limit: limits.commits),
      Figure(
        what: "daemon's processor time a run", unit: "ms", measured: cost, asked: .atMost(0.2)),
      Figure(
        what: "outcome and next lease, 99th percentile", unit: "ms",
        measured: connections.latencies.percentile(0.99).inSeconds * 1000),
      Figure(what: "daemon's memory at most", unit: "MiB", measured: daemon.peakMemory),
    ]
  }

  /// Ends each lease and takes the next until the time is over, then ends the last ones without a
  /// wish. Returns how many runs were recorded.
  private func run(
    _ leases: [String], on connections: Connections, seconds: Double, first: Int
  ) -> Int {
    var request = first
    var recorded = 0
    var busy = 0
    func finish(_ lease: String, on index: Int, wish: Bool) {
      guard let run = lease.number("run"), let epoch = lease.number("epoch") else {
        fatalError("no lease: \(lease)")
      }
      request += 1
      let next =
        wish
        ? #","next":{"worker":"w\#(index)","request":"w\#(index)-\#(request)","wait_seconds":0}"#
        : ""
      connections.send(
        "POST", "/v1/outcomes",
        #"{"report":{"run":\#(run),"epoch":\#(epoch),"sequence":1,"events":[]},"#
          + #""outcome":{"outcome":"finished","loss":3.25,"validation_loss":3.5,"tokens":1024,"#
          + #""flops":1e10,"seconds":1.5}\#(next)}"#, on: index)
      busy += 1
    }
    let end = ContinuousClock.now + .seconds(seconds)
    for (index, lease) in leases.enumerated() { finish(lease, on: index, wish: true) }
    while busy > 0 {
      connections.answers(within: .seconds(10)) { index, status, body in
        guard status == 200 else { fatalError("\(status): \(body)") }
        recorded += 1
        busy -= 1
        if body.number("run") != nil {
          finish(body, on: index, wish: ContinuousClock.now < end)
        }
      }
    }
    return recorded
  }
}
