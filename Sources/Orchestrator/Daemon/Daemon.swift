import Foundation
import Hummingbird
import Logging
import Registry
import ServiceLifecycle
import UnixSignals

/// The daemon: the registry's one writer, its HTTP interface, the reaper and the refit.
struct Daemon: Sendable {
  let desk: Desk
  /// Fits laws.
  let refit: Refit
  let log: Logger

  private init(desk: Desk, log: Logger) {
    self.desk = desk
    self.log = log
    refit = Refit(
      registry: desk.registry, clock: desk.clock,
      signals: Refit.Signals(finished: desk.finished, queue: desk.queue), data: desk.settings.data,
      log: log)
  }

  /// Opens the registry at `path` and gives every lease that was alive a full period: its worker may
  /// have reported to nobody while the daemon was down.
  static func open(
    registry path: String, settings: DaemonSettings, clock: WallClock = .system, log: Logger
  ) async throws -> Daemon {
    let registry = try Registry.open(path)
    let extended = try await registry.extendLeases(now: clock.now(), by: settings.lease)
    if extended > 0 { log.info("leases extended", metadata: ["count": "\(extended)"]) }
    let desk = Desk(registry: registry, clock: clock, settings: settings)
    try await desk.readTokens()
    return Daemon(desk: desk, log: log)
  }

  /// Looks for lapsed leases.
  var reaper: Reaper {
    Reaper(
      registry: desk.registry, clock: desk.clock, period: desk.settings.lease / 10,
      queue: desk.queue, log: log)
  }

  /// Everything that runs for as long as the daemon does. `onRunning` is told the port.
  func services(
    host: String, port: Int, listener: Listener = Listener(),
    certificate: ServerCertificate? = nil, signals: [UnixSignal] = [],
    onRunning: @escaping @Sendable (Int) async -> Void
  ) -> ServiceGroup {
    let server = Application(
      router: Routes.router(desk), server: certificate?.server ?? listener.server,
      configuration: listener.configuration(host: host, port: port, log: log),
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? port) },
      logger: log)
    var services: [any Service] = [server, reaper, refit]
    if let certificate { services.append(CertificateRenewal(certificate: certificate, log: log)) }
    return ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map { .init(service: $0) }, gracefulShutdownSignals: signals,
        logger: log))
  }
}
