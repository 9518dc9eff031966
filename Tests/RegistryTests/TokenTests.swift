import Foundation
import Testing
import Wire

@testable import Registry

@Suite("The registry knows tokens by their digests")
struct TokenTests {
  private let digest = String(repeating: "a", count: 64)
  private let other = String(repeating: "b", count: 64)

  @Test("a name is given once while it is in force, and again after it was revoked")
  func names() async throws {
    let ledger = try await Ledger()
    let registry = ledger.registry
    let request = TokenRequest(name: "node", role: .worker, expiresSeconds: 60)
    let row = try await registry.createToken(request, sha256: digest, now: 1000)
    #expect(
      row == TokenRow(name: "node", role: .worker, createdAt: 1000, expiresAt: 61_000))
    await #expect(throws: RegistryError.tokenExists("node")) {
      try await registry.createToken(request, sha256: other, now: 2000)
    }
    try await registry.revokeToken("node", now: 3000)
    await #expect(throws: RegistryError.unknownToken("node")) {
      try await registry.revokeToken("node", now: 4000)
    }
    _ = try await registry.createToken(request, sha256: other, now: 5000)
    let stored = try await registry.tokens()
    #expect(stored.map(\.sha256) == [digest, other])
    #expect(stored.map(\.row.revokedAt) == [3000, nil])
  }

  @Test("its last use never goes back in time, and everything is told to the event log but secrets")
  func uses() async throws {
    let ledger = try await Ledger()
    let registry = ledger.registry
    _ = try await registry.createToken(
      TokenRequest(name: "me", role: .admin), sha256: digest, now: 1000)
    let id = try await registry.tokens()[0].id
    try await registry.tokenUsed(id, now: 9000)
    try await registry.tokenUsed(id, now: 8000)
    #expect(try await registry.tokens()[0].row.usedAt == 9000)
    try await registry.revokeToken("me", now: 10_000)
    let events = try await registry.events(after: 0, limit: 100)
      .filter { [.tokenCreated, .tokenRevoked].contains($0.kind) }
    #expect(events.map(\.kind) == [.tokenCreated, .tokenRevoked])
    #expect(events[0].detail == ["name": .text("me"), "role": .text("admin")])
  }
}
