import ArgumentParser
import Foundation
import Logging
import Logs
import ServiceLifecycle
import UnixSignals

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the daemon: the registry's writer, which workers and commands talk to.")

  @OptionGroup var files: DataOptions
  @OptionGroup var logging: LogOptions

  @Option(help: "Address to listen on.") var host = "127.0.0.1"
  @Option(help: "Port to listen on; 0 takes a free one.") var port = 7717
  @Option(help: "Seconds that a lease lasts without a report.") var lease = 30.0
  @Option(help: "Failures of a run after which it is not tried again.") var retries = 2
  @OptionGroup var keep: KeepOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Fit laws as runs end, and hand out the stages that wait for them.") var fits = true

  func validate() throws {
    guard lease >= 1 else { throw ValidationError("--lease is at least 1 second") }
    guard retries >= 0 else { throw ValidationError("--retries is not negative") }
    guard host == "127.0.0.1" || host == "::1" || host == "localhost" else {
      throw ValidationError(
        "--host \(host): the daemon does not check who asks, so it listens on loopback alone; reach "
          + "it from other machines through an SSH tunnel")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let settings = DaemonSettings(
        data: try files.folder(), lease: .seconds(lease), retries: retries,
        fits: fits, retention: keep.limits)
      let registry = try files.registryPath()
      let log = logging.logger("orchestrator")
      let daemon = try await Daemon.open(registry: registry, settings: settings, log: log)
      let services = daemon.services(host: host, port: port, signals: [.sigterm, .sigint]) {
        [host, logging] port in
        let url = "http://\(host):\(port)"
        switch logging.logFormat {
        case .text: Screen.process.note("serving \(registry) at \(url)")
        case .json: log.notice("serving", metadata: ["registry": "\(registry)", "url": "\(url)"])
        }
      }
      try await services.run()
      try await daemon.close()
    }
  }
}
