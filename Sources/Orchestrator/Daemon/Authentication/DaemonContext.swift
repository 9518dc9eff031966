import Glibc
import Hummingbird
import NIOCore
import Wire

/// What a route knows of its request besides the request.
struct DaemonContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The address that the request came from; none for a unix-domain socket.
  let remote: RemoteHost?
  /// Who asks, once that is known; none where nobody has to say.
  var identity: Identity?

  /// The pattern of the route, as `/v1/runs/{id}`; none where no route matches.
  var route: String? {
    // The server has a name of its own for what answers there.
    endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    remote = source.channel.remoteAddress.flatMap(RemoteHost.init)
  }
}

/// Who asks: the holder of a token.
struct Identity: Hashable, Sendable {
  /// The token's name.
  var name: String
  var role: Role
}

/// Where requests come from, as far as it tells people apart: an IPv4 address, or the first 64 bits
/// of an IPv6 one, all of which are one customer's.
struct RemoteHost: Hashable, Sendable {
  let text: String

  init?(_ address: SocketAddress) {
    switch address {
    case .v4: text = address.ipAddress ?? ""
    case .v6:
      var bytes = [UInt8](repeating: 0, count: 16)
      inet_pton(AF_INET6, address.ipAddress ?? "", &bytes)
      text = bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    case .unixDomainSocket: return nil
    }
  }
}

extension RemoteHost: CustomStringConvertible {
  var description: String { text }
}
