import ArgumentParser
import Foundation
import Registry
import Wire

/// Where the daemon listens, and whom it believes.
struct ListenOptions: ParsableArguments {
  @Option(
    help: "Address to listen on; beyond loopback only with a certificate and tokens.")
  var host = "127.0.0.1"
  @Option(help: "Port to listen on; 0 takes a free one.") var port = 7717
  @Option(
    help: ArgumentHelp(
      "Serve TLS with this certificate, PEM, its chain included; read again on SIGHUP.",
      valueName: "file"))
  var tlsCertificate: String?
  @Option(help: ArgumentHelp("The key of that certificate, PEM.", valueName: "file"))
  var tlsKey: String?
  @Option(
    help: ArgumentHelp(
      "Ask clients for a certificate, and take those that this authority has signed.",
      valueName: "file"))
  var tlsClientCa: String?
  @Flag(help: "Ask for a token on loopback too, where everybody on this machine can reach it.")
  var requireTokens = false

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port \(port): a port is 0 to 65535")
    }
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key go together")
    }
    guard tlsClientCa == nil || tlsCertificate != nil else {
      throw ValidationError("--tls-client-ca needs --tls-certificate and --tls-key")
    }
    guard isLoopback || tlsCertificate != nil else {
      throw ValidationError(
        """
        --host \(host): beyond loopback the daemon serves TLS alone, for tokens and results would \
        cross the network in the clear; give --tls-certificate and --tls-key (docs/security.md makes \
        them in five commands), or reach a daemon on loopback through an SSH tunnel
        """)
    }
  }

  /// Whether only this machine reaches it.
  var isLoopback: Bool { Listener.isLoopback(host) }

  /// Whether requests need a token.
  var requiresTokens: Bool { requireTokens || !isLoopback }

  /// Days below which a person is told to renew the certificate.
  private static let shortLife = 14

  /// The certificate to serve with; none over plain HTTP.
  func certificate() throws -> ServerCertificate? {
    guard let tlsCertificate, let tlsKey else { return nil }
    let certificate = try ServerCertificate(
      .init(certificate: tlsCertificate, key: tlsKey, clientAuthority: tlsClientCa))
    let days = certificate.daysLeft(now: WallClock.system.now())
    if days < Self.shortLife {
      Screen.process.note("\(tlsCertificate) is valid for \(max(0, days)) more days: renew it")
    }
    return certificate
  }

  /// The address as a client writes it.
  func url(port: Int) -> String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(tlsCertificate == nil ? "http" : "https")://\(name):\(port)"
  }

  /// Refuses to ask for tokens where nobody could make the first one.
  func checkTokens(_ desk: Desk, registry: String) async throws {
    guard requiresTokens else { return }
    let now = desk.clock.now()
    let canAdminister = try await desk.tokenRows().contains { row in
      row.role == .admin && row.revokedAt == nil && row.expiresAt.map { $0 > now } ?? true
    }
    guard canAdminister else {
      throw CommandFailure(
        code: .refused,
        message: """
          requests would need a token, and no token of an administrator is in force
            hint: make one first: orchestrator token create NAME --role admin --registry \(registry)
          """)
    }
  }
}
