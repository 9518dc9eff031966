import Foundation
import Hummingbird
import Logging
import Registry
import Wire

/// Stands before every route: lets a request through that its sender may make.
struct Gate: RouterMiddleware {
  /// Longest path and query, bytes.
  static let uriLimit = 8 << 10

  var registry: Registry
  var clock: WallClock
  var tokens: TokenBook
  /// Whether a request needs a token; without, the daemon listens on loopback alone.
  var requiresTokens: Bool

  func handle(
    _ request: Request, context: DaemonContext,
    next: (Request, DaemonContext) async throws -> Response
  ) async throws -> Response {
    guard request.uri.description.utf8.count <= Self.uriLimit else {
      throw APIError(
        .tooLarge, "the path and its query are longer than \(Self.uriLimit) bytes",
        hint: "long values belong into a body")
    }
    // There is no path where no route matches; that is told to those only who have a token.
    let access = context.route.map { RouteAccess.of(request.method, $0) }
    if access == .open { return try await next(request, context) }
    guard requiresTokens else {
      try BrowserGuard.check(request)
      return try await next(request, context)
    }
    var context = context
    context.identity = try await admit(request, access, from: context)
    return try await next(request, context)
  }

  private func admit(
    _ request: Request, _ access: RouteAccess?, from context: DaemonContext
  ) async throws -> Identity {
    let now = clock.now()
    let result = Result { () throws(APIError) in
      try tokens.admit(request.headers[.authorization], from: context.remote, now: now)
    }
    if case .failure(let refusal) = result, refusal.code == .unauthenticated {
      context.logger.notice(
        "request refused",
        metadata: [
          "reason": "\(refusal.message)", "from": "\(context.remote?.text ?? "a socket")",
          "route": "\(request.method) \(context.route ?? "unknown")",
        ])
    }
    let admission = try result.get()
    let identity = admission.identity
    if let access, !access.admits(identity.role) {
      throw APIError(
        .forbidden,
        "the token '\(identity.name)' is for \(identity.role.rawValue), which this route is not",
        hint: "the route is for \(access.names); docs/security.md has the table")
    }
    // It is for people to see; a registry that cannot record it refuses what matters by itself.
    if let token = admission.unrecorded { try? await registry.tokenUsed(token, now: now) }
    return identity
  }
}

extension RouteAccess {
  /// The roles that may use it, in words.
  fileprivate var names: String {
    Role.allCases.filter(admits).map(\.rawValue).joined(separator: ", ")
  }
}

/// Where nobody has to show a token, a web page that a person looks at must not speak for them: not
/// through a form or script of another site, and not by a name that was made to lead to loopback.
enum BrowserGuard {
  static func check(_ request: Request) throws(APIError) {
    let authority = request.head.authority ?? ""
    guard isLoopback(authority) else {
      throw APIError(
        .forbidden, "a daemon without tokens answers to loopback's names, not to '\(authority)'",
        hint: "write http://localhost:PORT, or serve with --require-tokens")
    }
    if let origin = request.headers[.origin], origin != "http://\(authority)",
      origin != "https://\(authority)"
    {
      throw APIError(
        .forbidden, "a page of \(origin) may not speak to this daemon",
        hint: "use the daemon's own pages or the command line")
    }
  }

  /// Whether `authority`, a host with or without a port, is this machine by one of its own names.
  private static func isLoopback(_ authority: String) -> Bool {
    let host: Substring
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      host = authority[...end]
    } else {
      host = authority.prefix { $0 != ":" }
    }
    return host == "localhost" || host == "[::1]"
      || (host.hasPrefix("127.") && host.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") })
  }
}
