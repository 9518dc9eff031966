import Foundation
import Logging
import Registry
import ServiceLifecycle
import Synchronization
import Testing
import Wire

@testable import Orchestrator

/// A daemon on loopback, in this process, whose clock and guard a test sets.
struct GuardedDaemon: Sendable {
  /// Time that goes on only when it is told to.
  final class Clock: Sendable {
    private let time = Mutex<Int64>(1_000_000_000_000)

    func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }

    var wall: WallClock {
      WallClock { [self] in time.withLock { $0 } }
    }
  }

  let daemon: Daemon
  let port: Int
  let clock: Clock

  var desk: Desk { daemon.desk }

  /// Serves the registry in `folder` for as long as `body` takes.
  static func serving(
    _ folder: URL, requiresTokens: Bool = true, listener: Listener = Listener(),
    certificate: ServerCertificate? = nil, _ body: (GuardedDaemon) async throws -> Void
  ) async throws {
    var log = Logger(label: "test")
    log.logLevel = .critical
    let clock = Clock()
    let daemon = try await Daemon.open(
      registry: folder.appending(path: "registry.db").path,
      settings: DaemonSettings(data: folder, requiresTokens: requiresTokens), clock: clock.wall,
      log: log)
    let (ports, running) = AsyncStream.makeStream(of: Int.self)
    let services = daemon.services(
      host: "127.0.0.1", port: 0, listener: listener, certificate: certificate
    ) { running.yield($0) }
    let service = Task { try await services.run() }
    let port = try #require(await ports.first { _ in true })
    do {
      try await body(GuardedDaemon(daemon: daemon, port: port, clock: clock))
    } catch {
      Issue.record(error)
    }
    await services.triggerGracefulShutdown()
    try await service.value
  }

  /// An empty folder, for as long as `body` takes.
  static func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "guard-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  /// A new token of a role; its secret.
  func token(_ role: Role, name: String? = nil, expires: Int64? = nil) async throws -> String {
    try await desk.createToken(
      TokenRequest(name: name ?? role.rawValue, role: role, expiresSeconds: expires)
    ).token
  }

  /// The reply to a request.
  func answer(_ request: RawRequest) async throws -> RawConnection.Reply? {
    try await RawConnection(port: port).exchange(request.bytes(port: port))
  }

  /// The status of the reply to a request, which may be one that never ends.
  func status(_ request: RawRequest) async throws -> Int? {
    let connection = try RawConnection(port: port)
    connection.send(request.bytes(port: port))
    return await connection.status()
  }

  /// Everything in the registry but the tokens' secrets and when they were used.
  func contents() async throws -> [String: [[Table.Value]]] {
    let names = try await desk.registry.query(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('token', 'webhook')", rowLimit: 1000,
      timeLimit: .seconds(60)
    ).rows
    var contents: [String: [[Table.Value]]] = [:]
    for case .text(let name) in names.map({ $0[0] }) {
      contents[name] = try await desk.registry.query(
        "SELECT * FROM \"\(name)\"", rowLimit: 100_000, timeLimit: .seconds(60)
      ).rows
    }
    contents["token"] = try await desk.tokenRows().map { row in
      [.text(row.name), .text(row.role.rawValue), row.revokedAt.map { .integer($0) } ?? .null]
    }
    return contents
  }
}
