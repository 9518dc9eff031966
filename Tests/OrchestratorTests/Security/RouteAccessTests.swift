import Foundation
import Hummingbird
import Testing
import Wire

@testable import Orchestrator

@Suite("Every route asks for a role, and gets no further without it", .serialized)
struct RouteAccessTests {
  private static func path(_ route: String) -> RawRequest {
    let words = route.split(separator: " ")
    let path = words[1].split(separator: "/", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("{") ? "1" : $0 }.joined(separator: "/")
    return RawRequest(String(words[0]), path)
  }

  @Test("the table of access has every route that there is, and no other")
  func complete() async throws {
    try await GuardedDaemon.withFolder { folder in
      try await GuardedDaemon.serving(folder) { daemon in
        let routes = daemon.daemon.router.routes
          .map { "\($0.method.rawValue) \($0.path.description)" }
        for route in routes {
          #expect(RouteAccess.table[route] != nil, "\(route) has no role in RouteAccess.table")
        }
        for route in RouteAccess.table.keys.sorted() {
          #expect(routes.contains(route), "RouteAccess.table has \(route), which is no route")
        }
      }
    }
  }

  @Test("docs/security.md has the table")
  func documented() throws {
    let text = try Documents.text("docs/security.md")
    for (route, access) in RouteAccess.table {
      let roles = Role.allCases.filter(access.admits).map(\.rawValue).joined(separator: ", ")
      let line = "| `\(route)` | \(access == .open ? "anyone" : roles) |"
      #expect(text.contains(line), "docs/security.md lacks: \(line)")
    }
  }

  @Test("a route that is in no table is for administrators alone")
  func undeclared() {
    let access = RouteAccess.of(.get, "/v1/surprise")
    #expect(Role.allCases.filter(access.admits) == [.admin])
  }

  @Test("each route with each role, and without a token, with a wrong, expired or revoked one")
  func walk() async throws {
    try await GuardedDaemon.withFolder { folder in
      try await GuardedDaemon.serving(folder) { daemon in
        var byRole: [Role: String] = [:]
        for role in Role.allCases { byRole[role] = try await daemon.token(role) }
        let expired = try await daemon.token(.admin, name: "old", expires: 1)
        let revoked = try await daemon.token(.admin, name: "gone")
        try await daemon.desk.revokeToken("gone")
        var system = SystemRandomNumberGenerator()
        let unknown = BearerToken(from: &system).secret

        for (route, access) in RouteAccess.table.sorted(by: { $0.key < $1.key }) {
          let request = Self.path(route)
          for role in Role.allCases {
            let status = try await daemon.status(request.with(byRole[role]))
            // What is let through is refused for what is wrong with it, or answered.
            #expect(status != 401 && status != 429, "\(route) as \(role)")
            #expect((status == 403) == !access.admits(role), "\(route) as \(role): \(status ?? 0)")
          }
          for (what, token) in [
            ("none", nil), ("malformed", "hunter2"), ("unknown", unknown), ("expired", expired),
            ("revoked", revoked),
          ] as [(String, String?)] {
            // Long enough for earlier failures to be forgotten.
            daemon.clock.advance(3_600_000)
            let status = try await daemon.status(request.with(token))
            #expect(status == (access == .open ? 200 : 401), "\(route) with \(what) token")
          }
        }
        daemon.clock.advance(3_600_000)
        #expect(try await daemon.status(RawRequest("GET", "/v1/nothing")) == 401)
        #expect(
          try await daemon.status(RawRequest("GET", "/v1/nothing").with(byRole[.read])) == 404)
      }
    }
  }

  @Test("a token that is revoked over HTTP is refused from the next request on")
  func revocation() async throws {
    try await GuardedDaemon.withFolder { folder in
      try await GuardedDaemon.serving(folder) { daemon in
        let admin = try await daemon.token(.admin)
        let read = try await daemon.token(.read)
        let look = RawRequest("GET", "/v1/status").with(read)
        #expect(try await daemon.status(look) == 200)
        #expect(try await daemon.status(RawRequest("DELETE", "/v1/tokens/read").with(admin)) == 204)
        #expect(try await daemon.status(look) == 401)
        let row = try await daemon.desk.tokenRows().first { $0.name == "read" }
        #expect(row?.usedAt != nil)
      }
    }
  }
}
