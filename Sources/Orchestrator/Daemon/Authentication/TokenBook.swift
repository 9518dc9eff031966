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
    let result = state.withLock { state -> Result<Admission, APIError> in
      let wait = remote.map { state.lockout.wait($0, now: now) } ?? 0
      do throws(APIError) {
        return .success(try state.admit(authorization, now: now))
      } catch  where error.code == .unauthenticated {
        // A right token passes meanwhile: one neighbour's mistake must not keep a cluster out that
        // shares its address.
        if wait > 0 { return .failure(.lockedOut(milliseconds: wait)) }
        if let remote { state.lockout.failed(remote, now: now) }
        return .failure(error)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

extension TokenBook.State {
  fileprivate mutating func admit(
    _ authorization: String, now: Int64
  ) throws(APIError) -> TokenBook.Admission {
    let words = authorization.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == "bearer" else { throw .noBearer }
    let sha256: String
    do {
      sha256 = try BearerToken(String(words[1])).sha256
    } catch {
      throw .malformedToken(error)
    }
    // The look-up tells nobody anything: it is of a digest, which a caller cannot choose.
    guard var page = pages[sha256], page.token.sha256.equalsInConstantTime(sha256) else {
      throw .unknownToken
    }
    let row = page.token.row
    guard row.revokedAt == nil else { throw .endedToken(row.name, how: "was revoked") }
    if let expiry = row.expiresAt, expiry <= now { throw .endedToken(row.name, how: "has expired") }
    defer { pages[sha256] = page }
    guard page.allowance.spend(now: now) else {
      throw .tooOften(row.name, perSecond: page.allowance.rate)
    }
    var admission = TokenBook.Admission(identity: Identity(name: row.name, role: row.role))
    if now - (row.usedAt ?? 0) >= TokenBook.usePeriod {
      page.token.row.usedAt = now
      admission.unrecorded = page.token.id
    }
    return admission
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
