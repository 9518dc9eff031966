import Client
import Foundation
import Testing
import Wire

@testable import Orchestrator

@Suite("Over TLS each side knows the other by its certificate", .serialized)
struct TLSTests {
  private func client(
    _ daemon: GuardedDaemon, authority: String?, pair: (certificate: String, key: String)? = nil
  ) throws -> DaemonClient {
    DaemonClient(
      ClientConfiguration(
        address: try DaemonAddress("https://127.0.0.1:\(daemon.port)"), authority: authority,
        certificate: pair?.certificate, key: pair?.key, timeout: .seconds(20)))
  }

  /// What a client of the status comes to: `ok`, or the kind of its failure.
  private func outcome(_ client: DaemonClient) async -> String {
    do {
      _ = try await client.status()
      return "ok"
    } catch {
      switch error {
      case .untrusted: return "untrusted"
      case .unreachable: return "unreachable"
      default: return "\(error)"
      }
    }
  }

  @Test("a daemon is believed by whoever names its authority, and by nobody else")
  func server() async throws {
    try await GuardedDaemon.withFolder { folder in
      let certificates = try Certificates(in: folder)
      try certificates.sign("daemon")
      let certificate = try ServerCertificate(
        .init(
          certificate: certificates.path("daemon.pem"), key: certificates.path("daemon.key"),
          clientAuthority: nil))
      try await GuardedDaemon.serving(
        folder, requiresTokens: false, certificate: certificate
      ) { daemon in
        let known = try client(daemon, authority: certificates.path("ca.pem"))
        #expect(await outcome(known) == "ok")
        let stranger = try client(daemon, authority: nil)
        #expect(await outcome(stranger) == "untrusted")
        // Plain HTTP gets no answer.
        let plain = try await daemon.answer(RawRequest("GET", "/healthz"))
        #expect(plain == nil)
      }
    }
  }

  @Test("a daemon that asks for certificates answers those that its authority has signed")
  func clients() async throws {
    try await GuardedDaemon.withFolder { folder in
      let certificates = try Certificates(in: folder)
      try certificates.sign("daemon")
      try certificates.sign("node")
      let strangers = folder.appending(path: "strangers")
      try FileManager.default.createDirectory(at: strangers, withIntermediateDirectories: true)
      let foreign = try Certificates(in: strangers)
      try foreign.sign("node")
      let authority = certificates.path("ca.pem")
      let certificate = try ServerCertificate(
        .init(
          certificate: certificates.path("daemon.pem"), key: certificates.path("daemon.key"),
          clientAuthority: authority))
      try await GuardedDaemon.serving(
        folder, requiresTokens: false, certificate: certificate
      ) { daemon in
        let pair = (certificates.path("node.pem"), certificates.path("node.key"))
        let stranger = (foreign.path("node.pem"), foreign.path("node.key"))
        let own = try client(daemon, authority: authority, pair: pair)
        let nobody = try client(daemon, authority: authority)
        let other = try client(daemon, authority: authority, pair: stranger)
        #expect(await outcome(own) == "ok")
        #expect(await outcome(nobody) == "untrusted")
        #expect(await outcome(other) != "ok")
      }
    }
  }

  @Test("a renewed certificate is served from then on; a spoilt one is refused and changes nothing")
  func renewal() async throws {
    try await GuardedDaemon.withFolder { folder in
      let old = try Certificates(in: folder)
      try old.sign("daemon")
      let certificate = try ServerCertificate(
        .init(certificate: old.path("daemon.pem"), key: old.path("daemon.key")))
      #expect((1...2).contains(certificate.daysLeft(now: WallClock.system.now())))
      let next = folder.appending(path: "next")
      try FileManager.default.createDirectory(at: next, withIntermediateDirectories: true)
      let new = try Certificates(in: next)
      try new.sign("daemon")
      try await GuardedDaemon.serving(
        folder, requiresTokens: false, certificate: certificate
      ) { daemon in
        func outcomes() async throws -> [String] {
          [
            try await outcome(client(daemon, authority: old.path("ca.pem"))),
            try await outcome(client(daemon, authority: new.path("ca.pem"))),
          ]
        }
        #expect(try await outcomes() == ["ok", "untrusted"])
        try Data(contentsOf: next.appending(path: "daemon.pem"))
          .write(to: folder.appending(path: "daemon.pem"))
        // The key is still the old one's.
        #expect(throws: CertificateFault.self) { try certificate.renew() }
        #expect(try await outcomes() == ["ok", "untrusted"])
        try Data(contentsOf: next.appending(path: "daemon.key"))
          .write(to: folder.appending(path: "daemon.key"))
        try certificate.renew()
        #expect(try await outcomes() == ["untrusted", "ok"])
      }
    }
  }

  @Test("files that are no certificate, no key, another's key or everybody's are each refused")
  func files() async throws {
    try await GuardedDaemon.withFolder { folder in
      let certificates = try Certificates(in: folder)
      try certificates.sign("daemon")
      try certificates.sign("node")
      func fault(_ certificate: String, _ key: String) -> CertificateFault? {
        do {
          _ = try ServerCertificate(
            .init(certificate: certificates.path(certificate), key: certificates.path(key)))
          return nil
        } catch {
          return error as? CertificateFault
        }
      }
      let path = certificates.path
      #expect(fault("daemon.pem", "daemon.key") == nil)
      #expect(fault("none.pem", "daemon.key") == .unreadable(path("none.pem")))
      #expect(fault("daemon.key", "daemon.key") == .noCertificate(path("daemon.key")))
      #expect(fault("daemon.pem", "node.csr") == .exposedKey(path("node.csr"), mode: 0o644))
      #expect(
        fault("daemon.pem", "node.key")
          == .mismatch(certificate: path("daemon.pem"), key: path("node.key")))
      chmod(path("node.csr"), 0o600)
      #expect(fault("daemon.pem", "node.csr") == .noKey(path("node.csr")))
    }
  }
}
