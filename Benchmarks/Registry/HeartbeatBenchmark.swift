import Foundation

/// 2,000 workers that renew their leases every ten seconds: what waiting costs the daemon.
struct HeartbeatBenchmark {
  private static let workers = 2000
  private static let period = 10.0
  private let options: Options
  private let place: URL

  init(_ options: Options, _ place: URL) {
    self.options = options
    self.place = place
  }

  func rows() async throws -> [Figure] {
    let registry = place.appending(path: "heartbeats.db")
    try await BenchmarkGrid.fill(registry.path, runs: 4000)
    let daemon = try DaemonProcess(options.daemon, registry: registry, folder: place, lease: 300)
    defer { daemon.stop() }
    let connections = try Connections(100, port: daemon.port)
    var leases: [(run: Int64, epoch: Int64)] = []
    for round in 0..<(Self.workers / connections.count) {
      _ = connections.roundTrip("PUT", { "/v1/workers/w\(round)-\($0)" }) {
        #"{"id":"w\#(round)-\#($0)","host":"h","pid":1,"slots":1,"version":"0"}"#
      }
      leases += connections.roundTrip("POST", { _ in "/v1/leases" }) {
        #"{"worker":"w\#(round)-\#($0)","request":"w\#(round)-\#($0)","wait_seconds":0}"#
      }.map { ($0.number("run")!, $0.number("epoch")!) }
    }
    connections.forgetLatencies()
    let seconds = options.quick ? 5.0 : 20
    let (before, start) = (daemon.processorSeconds, ContinuousClock.now)
    var sent = 0
    while true {
      let elapsed = start.duration(to: .now).inSeconds
      guard elapsed < seconds else { break }
      let due = Int(elapsed * Double(Self.workers) / Self.period)
      while sent < due {
        let lease = leases[sent % leases.count]
        connections.send(
          "POST", "/v1/reports",
          #"{"run":\#(lease.run),"epoch":\#(lease.epoch),"sequence":\#(sent / leases.count + 1),"events":[]}"#,
          on: sent % connections.count)
        sent += 1
      }
      connections.answers(within: .milliseconds(2)) { _, status, body in
        guard status == 200 else { fatalError("\(status): \(body)") }
      }
    }
    let share = (daemon.processorSeconds - before) / start.duration(to: .now).inSeconds
    return [
      Figure(
        what: "2,000 workers renewing every 10 s", unit: "% of a core", measured: share * 100,
        asked: .atMost(5)),
      Figure(
        what: "renewal, 99th percentile", unit: "ms",
        measured: connections.latencies.percentile(0.99).inSeconds * 1000),
    ]
  }
}
