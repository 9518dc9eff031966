import Foundation

/// From the start of the daemon's program to the first lease, with 100,000 runs in the registry and a
/// log that the last daemon did not copy.
struct RestartBenchmark {
  private let options: Options
  private let place: URL

  init(_ options: Options, _ place: URL) {
    self.options = options
    self.place = place
  }

  func rows() async throws -> [Figure] {
    let file = place.appending(path: "restart.db")
    try await BenchmarkGrid.fill(file.path, runs: 100_000)
    let start = ContinuousClock.now
    let daemon = try DaemonProcess(options.daemon, registry: file, folder: place, lease: 30)
    defer { daemon.stop() }
    let connections = try Connections(1, port: daemon.port)
    _ = connections.roundTrip("PUT", { _ in "/v1/workers/w" }) { _ in
      #"{"id":"w","host":"h","pid":1,"slots":1,"version":"0"}"#
    }
    let lease = connections.roundTrip("POST", { _ in "/v1/leases" }) { _ in
      #"{"worker":"w","request":"w","wait_seconds":0}"#
    }
    precondition(lease[0].number("run") != nil, lease[0])
    return [
      Figure(
        what: "restart to first lease, 100,000 runs", unit: "s",
        measured: start.duration(to: .now).inSeconds, asked: .atMost(2))
    ]
  }
}
