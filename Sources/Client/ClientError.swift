public import Wire

/// Why a request to the daemon has no result.
public enum ClientError: Error, Hashable, Sendable {
  /// Nothing was heard from the daemon; it may or may not have acted on the request.
  case unreachable(url: String, reason: String)
  /// The two sides do not accept each other's certificates.
  case untrusted(url: String, reason: String)
  /// The daemon refused.
  case api(APIError)
  /// What answered does not speak the daemon's language.
  case badReply(url: String, status: Int, reason: String)
  /// No `http://`, `https://` or `unix:` address.
  case invalidAddress(String)
  /// The body cannot be written as JSON.
  case invalidBody(reason: String)
  /// What arrives cannot be written to its file.
  case unwritable(reason: String)
  /// The task that asked was cancelled.
  case cancelled

  /// Whether the same request may succeed later without anybody changing it.
  public var isTransient: Bool {
    switch self {
    case .unreachable: true
    case .api(let error): [.busy, .tooManyRequests, .unavailable, .internal].contains(error.code)
    case .badReply(_, let status, _): status == 429 || (500..<600).contains(status)
    case .untrusted, .invalidAddress, .invalidBody, .unwritable, .cancelled: false
    }
  }
}

extension ClientError {
  /// How long the daemon asks to be left alone.
  var retryAfter: Duration? {
    guard case .api(let error) = self else { return nil }
    return error.retryAfterSeconds.map { .seconds($0) }
  }
}

extension ClientError: CustomStringConvertible {
  /// What happened, and what to do about it.
  public var description: String {
    switch self {
    case .unreachable(let url, let reason):
      """
      cannot reach the daemon at \(url): \(reason)
        hint: is the daemon running? start it with: orchestrator serve
      """
    case .untrusted(let url, let reason):
      """
      no trust between this side and the daemon at \(url): \(reason)
        hint: --ca names the authority behind the daemon's certificate; --cert and --key are this side's
      """
    case .api(let error): error.description
    case .badReply(let url, let status, let reason):
      """
      the answer from \(url) (HTTP \(status)) is not a daemon's: \(reason)
        hint: check the address, and that daemon and client are of the same version
      """
    case .invalidAddress(let text):
      """
      `\(text)` is no daemon address
        hint: write http://HOST:PORT, https://HOST:PORT or unix:/PATH/TO/SOCKET
      """
    case .invalidBody(let reason): "the request cannot be written as JSON: \(reason)"
    case .unwritable(let reason): "what the daemon sends cannot be written: \(reason)"
    case .cancelled: "the request was cancelled"
    }
  }
}
