import Experiment
import Registry
import Wire

extension Desk {
  /// Longest life of a token: ten years, which is to say a slip of the pen beyond.
  private static let longestLife: Int64 = 10 * 366 * 86_400

  /// Makes a token and shows it, once.
  func createToken(_ request: TokenRequest) async throws -> NewToken {
    guard FolderName(request.name) != nil else {
      throw APIError(
        .invalid, "'\(request.name.prefix(100))' cannot name a token",
        hint: "use at most 100 of \(FolderName.rule)")
    }
    if let seconds = request.expiresSeconds, !(1...Self.longestLife).contains(seconds) {
      throw APIError(
        .invalid, "a token cannot expire in \(seconds) seconds",
        hint: "from 1 second to 10 years")
    }
    var system = SystemRandomNumberGenerator()
    let token = BearerToken(from: &system)
    let row = try await registry.createToken(request, sha256: token.sha256, now: clock.now())
    try await readTokens()
    return NewToken(token: token.secret, row: row)
  }

  /// Ends the token of this name; the next request with it is refused.
  func revokeToken(_ name: String) async throws {
    try await registry.revokeToken(name, now: clock.now())
    try await readTokens()
  }

  /// Every token that there ever was; no secrets.
  func tokenRows() async throws -> [TokenRow] {
    try await registry.tokens().map(\.row)
  }

  /// Learns the registry's tokens.
  func readTokens() async throws {
    tokens.replace(with: try await registry.tokens(), now: clock.now())
  }
}
