import ArgumentParser
import Foundation
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

  func validate() throws {
    guard lease >= 1 else { throw ValidationError("--lease is at least 1 second") }
    guard retries >= 0 else { throw ValidationError("--retries is not negative") }
  }

  func run() async throws {
    try await reportingFailures {
      let settings = DaemonSettings(
        data: try files.folder(), lease: .seconds(lease), retries: retries,
        requiresTokens: listen.requiresTokens)
      let certificate = try listen.certificate()
      let registry = try files.registryPath()
      let daemon = try await Daemon.open(
        registry: registry, settings: settings, log: logging.logger("orchestrator"))
      try await listen.checkTokens(daemon.desk, registry: registry)
      let services = daemon.services(
        host: listen.host, port: listen.port, certificate: certificate,
        signals: [.sigterm, .sigint]
      ) { [listen] port in
        Screen.process.note("serving \(registry) at \(listen.url(port: port))")
      }
      try await services.run()
    }
  }
}
