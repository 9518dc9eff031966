import Client
import Foundation
import Logging
import Registry
import ServiceLifecycle
import Testing

@testable import Orchestrator

/// A daemon on loopback, in this process.
enum LiveDaemon {
  /// Serves the registry in `folder` for as long as `body` takes, which gets the daemon's address.
  static func serving(_ folder: URL, _ body: (String) async throws -> Void) async throws {
    try await serving(DaemonSettings(data: folder)) { url, _ in try await body(url) }
  }

  /// The same with settings of its own; `body` gets the registry as well.
  static func serving(
    _ settings: DaemonSettings, _ body: (String, Registry) async throws -> Void
  ) async throws {
    var log = Logger(label: "test")
    log.logLevel = .critical
    let daemon = try await Daemon.open(
      registry: settings.data.appending(path: "registry.db").path, settings: settings, log: log)
    let (ports, running) = AsyncStream.makeStream(of: Int.self)
    let services = daemon.services(host: "127.0.0.1", port: 0) { running.yield($0) }
    let service = Task { try await services.run() }
    let port = try #require(await ports.first { _ in true })
    do {
      try await body("http://127.0.0.1:\(port)", daemon.desk.registry)
    } catch {
      Issue.record(error)
    }
    await services.triggerGracefulShutdown()
    try await service.value
  }
}
