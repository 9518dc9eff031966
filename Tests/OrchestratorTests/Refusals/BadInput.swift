import Foundation
import Wire

/// Something wrong that the project is given, and by which way. Add rows in files of their own,
/// `BadInput+….swift`, and to `BadInput.all`.
struct BadInput: Sendable {
  enum Way: Sendable {
    /// A request to a daemon that asks for tokens, with the token of a role or as it is.
    case request(RawRequest, as: Role?)
    /// A request whose headers depend on the tokens that there are.
    case tokens(@Sendable (RefusalPlace) -> RawRequest)
    /// Bytes that are no request; the daemon ends the connection.
    case bytes(Data)
    /// A request to a daemon on loopback that asks for no tokens.
    case unguarded(RawRequest)
    /// A call that throws.
    case call(@Sendable (RefusalPlace) async throws -> Void)
  }

  /// What is wrong, in a few words.
  var name: String
  var way: Way

  init(_ name: String, _ way: Way) {
    self.name = name
    self.way = way
  }

  /// Every group of rows, under its title.
  static let all: [(title: String, rows: [BadInput])] = [
    ("Who asks", tokens), ("Requests", requests), ("Queries", queries),
    ("Names and paths", paths), ("Files and addresses", files),
  ]
}

/// Where bad inputs are tried out.
struct RefusalPlace: Sendable {
  /// A data folder with the corpus `words`.
  var folder: URL
  /// The daemon that asks for tokens, and the one that does not.
  var guarded: GuardedDaemon
  var unguarded: GuardedDaemon
  /// A token of each role, and others that are of no use.
  var byRole: [Role: String]
  var expired: String
  var revoked: String
  var unknown: String
}
