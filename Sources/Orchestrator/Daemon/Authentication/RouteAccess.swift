import Hummingbird
import Wire

/// Who may use which route: one table, which a test holds against the routes that there are.
enum RouteAccess: Hashable, Sendable {
  /// Anyone, without a token.
  case open
  /// Whoever has one of these roles, or one that includes it.
  case roles(Set<Role>)

  /// By method and path as the router has them.
  static let table: [String: RouteAccess] = [
    "GET /healthz": .open,
    "GET /readyz": .open,
    "GET /metrics": .roles([.read]),

    "PUT /v1/workers/{id}": .roles([.worker]),
    "DELETE /v1/workers/{id}": .roles([.worker]),
    "POST /v1/leases": .roles([.worker]),
    "POST /v1/reports": .roles([.worker]),
    "POST /v1/outcomes": .roles([.worker]),
    "POST /v1/checkpoints/expired": .roles([.worker]),
    "GET /v1/corpora/{sha256}": .roles([.worker, .read]),
    "GET /v1/corpora/{sha256}/files/{name}": .roles([.worker, .read]),

    "POST /v1/grids": .roles([.submit]),
    "POST /v1/imports": .roles([.submit]),
    "POST /v1/laws": .roles([.submit]),
    "POST /v1/cancel": .roles([.submit]),
    "POST /v1/pause": .roles([.submit]),
    "POST /v1/resume": .roles([.submit]),
    "POST /v1/retry": .roles([.submit]),
    "PUT /v1/studies/{study}": .roles([.submit]),
    "POST /v1/nodes/{host}/clear": .roles([.submit]),
    "POST /v1/evaluations": .roles([.worker, .submit]),

    "GET /v1/status": .roles([.read]),
    "GET /v1/runs": .roles([.read]),
    "GET /v1/runs/{id}": .roles([.read]),
    "GET /v1/runs/{id}/series/{metric}": .roles([.read]),
    "GET /v1/leverage": .roles([.read]),
    "GET /v1/laws": .roles([.read]),
    "GET /v1/laws/{id}": .roles([.read]),
    "POST /v1/sql": .roles([.read]),
    "GET /v1/studies/{study}": .roles([.read]),
    "GET /v1/nodes": .roles([.read]),
    "GET /v1/runs/{id}/explanation": .roles([.read]),
    "GET /v1/grids/{id}/explanation": .roles([.read]),
    "GET /v1/evaluations": .roles([.read]),
    "GET /v1/openapi.json": .roles([.read]),

    "GET /v1/tokens": .roles([.admin]),
    "POST /v1/tokens": .roles([.admin]),
    "DELETE /v1/tokens/{name}": .roles([.admin]),

    "GET /v1/webhooks": .roles([.admin]),
    "POST /v1/webhooks": .roles([.admin]),
    "DELETE /v1/webhooks/{id}": .roles([.admin]),
    "POST /v1/webhooks/{id}/resume": .roles([.admin]),
    "POST /v1/webhooks/{id}/test": .roles([.admin]),
  ]

  /// The access of a route. A route that is not in the table is its author's mistake, and an
  /// administrator's alone until it is.
  static func of(_ method: HTTPRequest.Method, _ path: String) -> RouteAccess {
    table["\(method.rawValue) \(path)"] ?? .roles([.admin])
  }

  /// Whether a holder of `role` may use it.
  func admits(_ role: Role) -> Bool {
    switch self {
    case .open: true
    case .roles(let needed): needed.contains(where: role.includes)
    }
  }
}
