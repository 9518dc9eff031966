/// The body of every reply that refuses: what was wrong, and what would be right.
public struct APIError: Error, Hashable, Codable, Sendable {
  public enum Code: String, Codable, Sendable, CaseIterable {
    /// The body or a parameter is not what the route takes (400).
    case invalid
    /// Nothing has that name or number (404).
    case notFound = "not_found"
    /// The lease is no longer this epoch's (409): end the trainer at once.
    case leaseLost = "lease_lost"
    /// The thing is in a state that does not allow it (409).
    case conflict
    /// The grid, the law or the query is refused (422).
    case refused
    /// Too much waits (429): try again after `retryAfter` seconds.
    case busy
    /// The daemon cannot answer now (503): try again.
    case unavailable
    /// A defect of the daemon (500).
    case `internal`

    /// The HTTP status that carries it.
    public var status: Int {
      switch self {
      case .invalid: 400
      case .notFound: 404
      case .leaseLost, .conflict: 409
      case .refused: 422
      case .busy: 429
      case .unavailable: 503
      case .internal: 500
      }
    }
  }

  public var code: Code
  public var message: String
  public var hint: String?
  /// Seconds after which the same request may be sent again, as in the header `Retry-After`.
  public var retryAfter: Int?

  public init(_ code: Code, _ message: String, hint: String? = nil, retryAfter: Int? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
    self.retryAfter = retryAfter
  }

  private enum CodingKeys: String, CodingKey {
    case code = "error"
    case message, hint
    case retryAfter = "retry_after"
  }
}

extension APIError: CustomStringConvertible {
  public var description: String {
    guard let hint else { return message }
    return "\(message)\n  hint: \(hint)"
  }
}
