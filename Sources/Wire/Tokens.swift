/// `POST /v1/tokens`: a new token.
public struct TokenRequest: Hashable, Codable, Sendable {
  /// What it is called; unique among those in force.
  public var name: String
  public var role: Role
  /// Seconds until it is no longer taken; never when it is left out.
  public var expiresSeconds: Int64?

  public init(name: String, role: Role, expiresSeconds: Int64? = nil) {
    self.name = name
    self.role = role
    self.expiresSeconds = expiresSeconds
  }

  private enum CodingKeys: String, CodingKey {
    case name, role
    case expiresSeconds = "expires_seconds"
  }
}

/// The reply to a `TokenRequest`: the one time that the secret is shown.
public struct NewToken: Hashable, Codable, Sendable {
  public var token: String
  public var row: TokenRow

  public init(token: String, row: TokenRow) {
    self.token = token
    self.row = row
  }
}

/// What is known of a token; not its secret. Times are milliseconds since 1970.
public struct TokenRow: Hashable, Codable, Sendable {
  public var name: String
  public var role: Role
  public var createdAt: Int64
  public var expiresAt: Int64?
  /// To the minute.
  public var usedAt: Int64?
  public var revokedAt: Int64?

  public init(
    name: String, role: Role, createdAt: Int64, expiresAt: Int64? = nil, usedAt: Int64? = nil,
    revokedAt: Int64? = nil
  ) {
    self.name = name
    self.role = role
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.usedAt = usedAt
    self.revokedAt = revokedAt
  }

  private enum CodingKeys: String, CodingKey {
    case name, role
    case createdAt = "created_at"
    case expiresAt = "expires_at"
    case usedAt = "used_at"
    case revokedAt = "revoked_at"
  }
}
