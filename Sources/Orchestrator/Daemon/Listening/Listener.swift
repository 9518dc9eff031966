import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What a connection may ask of the daemon before anyone knows who it is.
struct Listener: Hashable, Sendable {
  /// A connection without a request, or with one whose head does not arrive, is closed after this.
  var idle = TimeAmount.seconds(60)
  /// What the body of any request may take; beyond, it has to come at `RequestDeadline.pace`.
  var grace = TimeAmount.seconds(30)
  /// Connections at once; more wait until one closes. A worker keeps a few open.
  var connections = 16_384

  /// Bytes of one header, of all, and how many there may be.
  static let header = HTTP1Channel.Configuration.DecoderConfiguration(
    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)

  /// HTTP/1.1 under these limits.
  var server: HTTPServerBuilder {
    .http1(
      configuration: .init(
        additionalChannelHandlers: [RequestDeadline(grace: grace)], idleTimeout: idle,
        httpDecoderConfiguration: Self.header))
  }

  /// The server's place and its connections. Each is an open file, so that this process first takes
  /// as many of those as it is allowed.
  func configuration(host: String, port: Int, log: Logger) -> ApplicationConfiguration {
    // Others are open besides: the registry, its readers, the log.
    let allowed = max(64, OpenFiles.raiseLimit() - 128)
    return ApplicationConfiguration(
      address: .hostname(host, port: port), serverName: "orchestrator",
      availableConnectionsDelegate: MaximumAvailableConnections(
        min(connections, allowed), logger: log))
  }

  /// Whether whoever reaches this address is on this machine.
  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" { return true }
    guard let address = try? SocketAddress(ipAddress: host, port: 0) else { return false }
    switch address {
    case .v4: return host.hasPrefix("127.")
    case .v6: return address.ipAddress == "::1"
    case .unixDomainSocket: return true
    }
  }
}

/// How many files this process may have open.
enum OpenFiles {
  /// Raises the limit as far as this process may by itself, and returns it.
  static func raiseLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      var raised = limit
      raised.rlim_cur = raised.rlim_max
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    }
    return Int(min(limit.rlim_cur, 1 << 30))
  }
}
