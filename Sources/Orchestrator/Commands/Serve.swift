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
  @OptionGroup var listen: ListenOptions

  @Option(help: "Seconds that a lease lasts without a report.") var lease = 30.0
  @Option(help: "Failures of a run after which it is not tried again.") var retries = 2
  @OptionGroup var keep: KeepOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Fit laws as runs end, and hand out the stages that wait for them.") var fits = true

  func validate() throws {
    guard lease >= 1 else { throw ValidationError("--lease is at least 1 second") }
    guard retries >= 0 else { throw ValidationError("--retries is not negative") }
  }

  func run() async throws {
    try await reportingFailures {
      let settings = DaemonSettings(
        data: try files.folder(), lease: .seconds(lease), retries: retries,
        fits: fits, retention: keep.limits, requiresTokens: listen.requiresTokens)
      let certificate = try listen.certificate()
      let registry = try files.registryPath()
      let log = logging.logger("orchestrator")
      let daemon = try await Daemon.open(registry: registry, settings: settings, log: log)
      try await listen.checkTokens(daemon.desk, registry: registry)
      let services = daemon.services(
        host: listen.host, port: listen.port, certificate: certificate,
        signals: [.sigterm, .sigint]
      ) { [listen, logging] port in
        let url = listen.url(port: port)
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
