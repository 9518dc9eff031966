/// Where a daemon listens.
public enum DaemonAddress: Hashable, Sendable {
  /// `http://host:port` or `https://host:port`, without a slash at the end.
  case network(String)
  /// The path of a unix-domain socket.
  case socket(path: String)

  /// Reads `http://host:port`, `https://host:port` or `unix:/path/to/socket`.
  ///
  /// Throws `ClientError.invalidAddress` for anything else.
  public init(_ text: String) throws(ClientError) {
    if text.hasPrefix("unix:") {
      let path = text.dropFirst("unix:".count)
      let plain = path.hasPrefix("//") ? path.dropFirst(2) : path
      guard plain.hasPrefix("/") else { throw .invalidAddress(text) }
      self = .socket(path: String(plain))
      return
    }
    guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else {
      throw .invalidAddress(text)
    }
    let host = text.dropFirst(scheme.count).trimmingSuffix("/")
    guard !host.isEmpty, !host.contains(where: { "/?#@\\".contains($0) || $0.isWhitespace }) else {
      throw .invalidAddress(text)
    }
    self = .network(scheme + host)
  }

  /// The URL of `path`, which starts with a slash.
  func url(of path: String) -> String {
    switch self {
    case .network(let base): base + path
    case .socket: "http://localhost" + path
    }
  }

  /// Whether it is on this machine: a proxy could not reach it.
  var isLocal: Bool {
    guard case .network(let base) = self else { return true }
    let authority = base.drop { $0 != "/" }.drop { $0 == "/" }
    let host =
      authority.hasPrefix("[") ? authority.prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    return host == "localhost" || host == "[::1"
      || (host.hasPrefix("127.") && host.allSatisfy { $0 == "." || ("0"..."9").contains($0) })
  }

  /// Whether nobody on the way can read what is sent.
  var isPrivate: Bool {
    guard case .network(let base) = self else { return true }
    return base.hasPrefix("https://") || isLocal
  }
}

extension DaemonAddress: CustomStringConvertible {
  /// As `init(_:)` reads it.
  public var description: String {
    switch self {
    case .network(let base): base
    case .socket(let path): "unix:\(path)"
    }
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ suffix: String) -> Substring {
    hasSuffix(suffix) ? dropLast(suffix.count) : self
  }
}
