import Registry
import Synchronization
import Wire

/// The registry's tokens in memory, where every request is held against them. The daemon is the
/// registry's one writer, so that it is never behind: a token that is revoked is refused from the
/// next request on.
final class TokenBook: Sendable {
  /// What a request with a token comes to.
  struct Admission: Sendable {
    var identity: Identity
    /// The token, if its use is to be recorded now.
    var unrecorded: Int64?
  }

  fileprivate struct Page: Sendable {
    var token: StoredToken
    var allowance: RequestAllowance
  }

  fileprivate struct State: Sendable {
    var pages: [String: Page] = [:]
    var lockout = Lockout<RemoteHost>()
  }

  /// How often the use of a token is recorded at most, milliseconds.
  fileprivate static let usePeriod: Int64 = 60_000

  private let state = Mutex(State())

  /// Takes the registry's tokens for those that there are.
  func replace(with tokens: [StoredToken], now: Int64) {
    state.withLock { state in
      let old = state.pages
      state.pages = [:]
      for token in tokens {
        let allowance = old[token.sha256]?.allowance ?? RequestAllowance(token.row.role, now: now)
        state.pages[token.sha256] = Page(token: token, allowance: allowance)
      }
    }
  }

  /// Who sends `authorization`, the header's value.
  ///
  /// - Throws: `APIError` for a header that is missing or malformed, a token that is unknown, expired
  ///   or revoked, and a holder or an address that has to wait.
  func admit(_ authorization: String?, from remote: RemoteHost?, now: Int64) throws(APIError)
    -> Admission
  {
    guard let authorization else { throw .noToken }
    let result = state.withLock { $0.admit(authorization, from: remote, now: now) }
    return try result.get()
  }
}

extension TokenBook.State {
  fileprivate mutating func admit(
    _ authorization: String, from remote: RemoteHost?, now: Int64
  ) -> Result<TokenBook.Admission, APIError> {
    let result = admit(authorization, now: now)
    guard case .failure(let refusal) = result, refusal.code == .unauthenticated, let remote else {
      return result
    }
    // A right token passes meanwhile: one neighbour's mistake must not keep a cluster out that
    // shares its address.
    let wait = lockout.wait(remote, now: now)
    if wait > 0 { return .failure(.lockedOut(milliseconds: wait)) }
    lockout.failed(remote, now: now)
    return result
  }

  private mutating func admit(
    _ authorization: String, now: Int64
  ) -> Result<TokenBook.Admission, APIError> {
    let words = authorization.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == "bearer" else { return .failure(.noBearer) }
    let sha256: String
    do {
      sha256 = try BearerToken(String(words[1])).sha256
    } catch {
      return .failure(.malformedToken(error))
    }
    // The look-up tells nobody anything: it is of a digest, which a caller cannot choose.
    guard let page = pages[sha256], page.token.sha256.equalsInConstantTime(sha256) else {
      return .failure(.unknownToken)
    }
    let row = page.token.row
    if row.revokedAt != nil { return .failure(.endedToken(row.name, how: "was revoked")) }
    if let expiry = row.expiresAt, expiry <= now {
      return .failure(.endedToken(row.name, how: "has expired"))
    }
    return use(page, now: now)
  }

  /// Spends one request of a token that is in force.
  private mutating func use(
    _ page: TokenBook.Page, now: Int64
  ) -> Result<TokenBook.Admission, APIError> {
    var page = page
    let row = page.token.row
    let isAllowed = page.allowance.spend(now: now)
    var admission = TokenBook.Admission(identity: Identity(name: row.name, role: row.role))
    if isAllowed, now - (row.usedAt ?? 0) >= TokenBook.usePeriod {
      page.token.row.usedAt = now
      admission.unrecorded = page.token.id
    }
    pages[page.token.sha256] = page
    return isAllowed
      ? .success(admission) : .failure(.tooOften(row.name, perSecond: page.allowance.rate))
  }
}

extension String {
  /// Whether two digests are equal, in a time that does not depend on where they differ.
  fileprivate func equalsInConstantTime(_ other: String) -> Bool {
    utf8.count == other.utf8.count && zip(utf8, other.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

/// How requests are turned away that do not say rightly who asks. None of these repeats what was sent.
extension APIError {
  static let noToken = APIError(
    .unauthenticated, "this daemon wants to know who asks",
    hint:
      "send a token: --token-file FILE or ORCHESTRATOR_TOKEN; over HTTP, Authorization: Bearer …")

  fileprivate static let noBearer = APIError(
    .unauthenticated, "the Authorization header holds no bearer token",
    hint: "send Authorization: Bearer, a space, and the token")

  fileprivate static func malformedToken(_ fault: TokenFault) -> APIError {
    APIError(
      .unauthenticated, "what was sent is no token: \(fault)", hint: "copy it once more, whole")
  }

  fileprivate static let unknownToken = APIError(
    .unauthenticated, "this daemon knows no such token",
    hint: "it may be another daemon's; an administrator makes one with `orchestrator token create`")

  fileprivate static func endedToken(_ name: String, how: String) -> APIError {
    APIError(
      .unauthenticated, "the token '\(name)' \(how)",
      hint: "ask an administrator for a new one: orchestrator token create")
  }

  fileprivate static func lockedOut(milliseconds: Int64) -> APIError {
    let seconds = Int((milliseconds + 999) / 1000)
    return APIError(
      .tooManyRequests, "too many wrong tokens came from this address",
      hint: "try again in \(seconds) s, with a right one", retryAfterSeconds: seconds)
  }

  fileprivate static func tooOften(_ name: String, perSecond: Double) -> APIError {
    APIError(
      .tooManyRequests,
      "the token '\(name)' is used for more than \(Int(perSecond)) requests a second",
      hint: "ask less often, or give each program a token of its own", retryAfterSeconds: 1)
  }
}
