import Foundation
import Testing
import Wire

@testable import Orchestrator

@Suite("`orchestrator token` makes, lists and revokes tokens", .serialized)
struct TokenProgramTests {
  @Test("in a registry's file, before there is a daemon")
  func file() async throws {
    try await GuardedDaemon.withFolder { folder in
      let place = ["--registry", folder.appending(path: "registry.db").path]
      func run(_ words: String...) async throws -> (code: Int32, output: String) {
        try await Program("orchestrator", ["token"] + words + place).result()
      }
      let made = try await run("create", "me", "--role", "admin", "--expires", "90d")
      let token = try BearerToken(made.output.trimmingCharacters(in: .whitespacesAndNewlines))
      #expect(try await run("create", "me", "--role", "read").code == 1)
      #expect(try await run("create", "you", "--role", "root").code == 64)
      #expect(try await run("create", "you", "--role", "read", "--expires", "soon").code == 64)
      #expect(try await run("revoke", "you").code == 1)
      let rows = try JSONDecoder().decode(
        [TokenRow].self, from: Data(try await run("list", "--json").output.utf8))
      #expect(rows.map(\.name) == ["me"] && rows[0].role == .admin)
      #expect(rows[0].expiresAt == rows[0].createdAt + 90 * 86_400_000)
      #expect(try await run("revoke", "me").code == 0)
      let list = try await run("list").output
      #expect(list.contains("revoked") && !list.contains(token.secret))
    }
  }

  @Test("never beside a running daemon, which makes them itself")
  func daemon() async throws {
    try await GuardedDaemon.withFolder { folder in
      try await GuardedDaemon.serving(folder) { daemon in
        let beside = try Program(
          "orchestrator",
          [
            "token", "create", "me", "--role", "admin", "--registry",
            folder.appending(path: "registry.db").path,
          ])
        #expect(await beside.line(containing: "is locked by") != nil)
        #expect(await beside.result().code == 1)
        let admin = try await daemon.token(.admin)
        let made = try await Program(
          "orchestrator",
          [
            "token", "create", "node", "--role", "worker", "--json", "--url",
            "http://127.0.0.1:\(daemon.port)",
          ], environment: ["ORCHESTRATOR_TOKEN": admin]
        ).result()
        let token = try JSONDecoder().decode(NewToken.self, from: Data(made.output.utf8))
        #expect(token.row.name == "node" && token.row.role == .worker)
        let lease = RawRequest("POST", "/v1/leases", body: "{}").with(token.token)
        #expect(try await daemon.status(lease) == 400)
      }
    }
  }

  @Test("a lifetime is a count and a unit")
  func lifetimes() {
    #expect(Lifetime(argument: "90d")?.seconds == 7_776_000)
    #expect(Lifetime(argument: "2w")?.seconds == 1_209_600)
    #expect(Lifetime(argument: "12h")?.seconds == 43_200)
    for text in ["", "d", "90", "-1d", "0d", "1.5h", "9y", "99999999999999999999d", "2000000000d"] {
      #expect(Lifetime(argument: text) == nil, "\(text)")
    }
  }
}
