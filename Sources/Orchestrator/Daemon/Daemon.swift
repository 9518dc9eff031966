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
  let metrics: DaemonMetrics
  let log: Logger

  private init(desk: Desk, metrics: DaemonMetrics, log: Logger) {
    self.desk = desk
    self.metrics = metrics
    self.log = log
    refit = Refit(
      registry: desk.registry, clock: desk.clock,
      signals: Refit.Signals(finished: desk.finished, queue: desk.queue), data: desk.settings.data,
      durations: metrics.refits, log: log)
  }

  /// Opens the registry at `path` and gives every lease that was alive a full period: its worker may
  /// have reported to nobody while the daemon was down.
  static func open(
    registry path: String, settings: DaemonSettings, clock: WallClock = .system, log: Logger
  ) async throws -> Daemon {
    let registry = try Registry.open(path, queueCapacity: settings.queueCapacity)
    if let upgrade = registry.upgrade {
      log.notice(
        "registry upgraded", metadata: ["from": "\(upgrade.from)", "backup": "\(upgrade.backup)"])
    }
    let extended = try await registry.extendLeases(now: clock.now(), by: settings.lease)
    if extended > 0 { log.info("leases extended", metadata: ["count": "\(extended)"]) }
    let desk = Desk(registry: registry, clock: clock, settings: settings)
    try await desk.readTokens()
    return Daemon(
      desk: desk, metrics: DaemonMetrics(since: try await registry.lastSequence()), log: log)
  }

  /// Looks for lapsed leases.
  var reaper: Reaper {
    Reaper(
      registry: desk.registry, clock: desk.clock, period: desk.settings.lease / 10,
      queue: desk.queue, log: log)
  }

  /// Tells webhooks of events.
  var webhooks: WebhookService {
    WebhookService(
      registry: desk.registry, clock: desk.clock, settings: desk.settings.webhooks,
      news: desk.finished, deliveries: metrics.deliveries, log: log)
  }

  /// Deletes what ended runs have left.
  private var retention: RetentionService {
    RetentionService(
      retention: Retention(
        data: desk.settings.data, registry: desk.registry, limits: desk.settings.retention),
      clock: desk.clock, log: log)
  }

  /// Every route that is served.
  var router: Router<DaemonContext> { Routes.router(desk, metrics: metrics, webhooks: webhooks) }

  /// Everything that runs for as long as the daemon does. `onRunning` is told the port.
  func services(
    host: String, port: Int, listener: Listener = Listener(),
    certificate: ServerCertificate? = nil, signals: [UnixSignal] = [],
    onRunning: @escaping @Sendable (Int) async -> Void
  ) -> ServiceGroup {
    let server = Application(
      router: router,
      server: certificate?.server ?? listener.server,
      configuration: listener.configuration(host: host, port: port, log: log),
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? port) },
      logger: log)
    let closing = Closing(lifecycle: desk.lifecycle, queue: desk.queue)
    var services: [any Service] =
      [server, reaper, webhooks, retention, closing] + (desk.settings.fits ? [refit] : [])
    if let certificate { services.append(CertificateRenewal(certificate: certificate, log: log)) }
    return ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map { .init(service: $0) }, gracefulShutdownSignals: signals,
        logger: log))
  }

  /// Writes the log into the registry's file and ends the connections, after the services have ended.
  func close() async throws {
    try await desk.registry.checkpoint()
    try desk.registry.close()
  }
}
