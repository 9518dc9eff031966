/// The body of every reply that refuses: what was wrong, and what would be right.
public struct APIError: Error, Hashable, Codable, Sendable {
  public enum Code: String, Codable, Sendable, CaseIterable {
    /// The body or a parameter is not what the route takes (400).
    case invalid
    /// The request says not who asks, or not rightly (401).
    case unauthenticated
    /// Who asks may not do this (403).
    case forbidden
    /// Nothing has that name or number (404).
    case notFound = "not_found"
    /// The lease is no longer this epoch's (409): end the trainer at once.
    case leaseLost = "lease_lost"
    /// The thing is in a state that does not allow it (409).
    case conflict
    /// The request is larger than its route takes (413).
    case tooLarge = "too_large"
    /// The grid, the law or the query is refused (422).
    case refused
    /// Too much waits (429): try again after `retryAfterSeconds`.
    case busy
    /// Asked too often (429): try again later.
    case tooManyRequests = "too_many_requests"
    /// The daemon cannot answer now (503): try again.
    case unavailable
    /// A defect of the daemon (500).
    case `internal`

    /// The HTTP status that carries it.
    public var status: Int {
      switch self {
      case .invalid: 400
      case .unauthenticated: 401
      case .forbidden: 403
      case .notFound: 404
      case .leaseLost, .conflict: 409
      case .tooLarge: 413
      case .refused: 422
      case .busy, .tooManyRequests: 429
      case .unavailable: 503
      case .internal: 500
      }
    }
  }

  public var code: Code
  public var message: String
  public var hint: String?
  /// When to try again; also the header `Retry-After`.
  public var retryAfterSeconds: Int?

  public init(
    _ code: Code, _ message: String, hint: String? = nil, retryAfterSeconds: Int? = nil
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.retryAfterSeconds = retryAfterSeconds
  }

  private enum CodingKeys: String, CodingKey {
    case code = "error"
    case message, hint
    case retryAfterSeconds = "retry_after_seconds"
  }
}

extension APIError: CustomStringConvertible {
  public var description: String {
    guard let hint else { return message }
    return "\(message)\n  hint: \(hint)"
  }
}
