import Hummingbird
import NIOCore
import Registry

/// `GET /readyz`: whether the daemon can do its work now.
struct Readiness: Codable, Equatable {
  var ready: Bool
  /// Why not, for people.
  var reason: String?
}

/// What whoever watches the daemon asks: a supervisor, a load balancer, Prometheus.
struct Probes: Sendable {
  var registry: Registry
  var lifecycle: Lifecycle
  var metrics: DaemonMetrics

  /// The registry is open and migrated by the time that the daemon listens.
  func readiness() async -> Readiness {
    if lifecycle.isStopping { return Readiness(ready: false, reason: "the daemon is stopping") }
    return switch await registry.readiness() {
    case .writable: Readiness(ready: true)
    case .degraded(let reason): Readiness(ready: false, reason: reason)
    }
  }

  func addRoutes(to router: Router<DaemonContext>) {
    router.get("/healthz") { _, _ in "ok\n" }
    router.get("/readyz") { _, _ in
      let readiness = await self.readiness()
      return try JSONBody.response(readiness, status: readiness.ready ? .ok : .serviceUnavailable)
    }
    router.get("/metrics") { _, _ in
      let text = try await self.metrics.exposition(
        of: self.registry, health: await self.registry.readiness())
      return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: .init(byteBuffer: ByteBuffer(string: text)))
    }
  }
}
