import GRDB
public import Wire

/// A token as the registry knows it.
public struct StoredToken: Hashable, Sendable {
  public var id: Int64
  /// Of the token's whole text.
  public var sha256: String
  public var row: TokenRow
}

extension Registry {
  /// Records a new token by its digest. Throws `.tokenExists` while one of its name is in force.
  public func createToken(_ request: TokenRequest, sha256: String, now: Int64) async throws
    -> TokenRow
  {
    try await write { database in
      let inForce = try Bool.fetchOne(
        database, sql: "SELECT 1 FROM token WHERE name = ? AND revoked_at IS NULL",
        arguments: [request.name])
      guard inForce == nil else { throw RegistryError.tokenExists(request.name) }
      let expiresAt = request.expiresSeconds.map { now + $0 * 1000 }
      try database.execute(
        sql: """
          INSERT INTO token (name, role, sha256, created_at, expires_at) VALUES (?, ?, ?, ?, ?)
          """, arguments: [request.name, request.role.rawValue, sha256, now, expiresAt])
      try database.append(
        .tokenCreated, at: now,
        detail: ["name": .text(request.name), "role": .text(request.role.rawValue)])
      return TokenRow(
        name: request.name, role: request.role, createdAt: now, expiresAt: expiresAt)
    }
  }

  /// Every token that there ever was, oldest first.
  public func tokens() async throws -> [StoredToken] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM token ORDER BY id").map { row in
        guard let role = Role(rawValue: row["role"]) else {
          throw RegistryError.unreadable("token role '\(row["role"] as String)'")
        }
        return StoredToken(
          id: row["id"], sha256: row["sha256"],
          row: TokenRow(
            name: row["name"], role: role, createdAt: row["created_at"],
            expiresAt: row["expires_at"], usedAt: row["used_at"], revokedAt: row["revoked_at"]))
      }
    }
  }

  /// Ends the token of this name that is in force. Throws `.unknownToken` when there is none.
  public func revokeToken(_ name: String, now: Int64) async throws {
    try await write { database in
      try database.execute(
        sql: "UPDATE token SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL",
        arguments: [now, name])
      guard database.changesCount == 1 else { throw RegistryError.unknownToken(name) }
      try database.append(.tokenRevoked, at: now, detail: ["name": .text(name)])
    }
  }

  /// Notes that a token was used.
  public func tokenUsed(_ id: Int64, now: Int64) async throws {
    try await write { database in
      try database.execute(
        sql: "UPDATE token SET used_at = max(coalesce(used_at, 0), ?) WHERE id = ?",
        arguments: [now, id])
    }
  }
}
