public import Wire

/// How to reach a daemon, and as whom.
public struct ClientConfiguration: Hashable, Sendable {
  /// Where it listens.
  public var address: DaemonAddress
  /// Sent as `Authorization: Bearer …`.
  public var token: BearerToken?
  /// A PEM file with the authority that signed the daemon's certificate; the system's by default.
  public var authority: String?
  /// PEM files of this side's certificate and its key.
  public var certificate: String?
  /// The key of `certificate`.
  public var key: String?
  /// How long to try to connect.
  public var connectTimeout: Duration
  /// How long a request may take from start to end, beside the time that it asks the daemon to wait.
  public var timeout: Duration

  /// The defaults suit a daemon in the same cluster.
  public init(
    address: DaemonAddress, token: BearerToken? = nil, authority: String? = nil,
    certificate: String? = nil, key: String? = nil, connectTimeout: Duration = .seconds(5),
    timeout: Duration = .seconds(30)
  ) {
    self.address = address
    self.token = token
    self.authority = authority
    self.certificate = certificate
    self.key = key
    self.connectTimeout = connectTimeout
    self.timeout = timeout
  }
}
