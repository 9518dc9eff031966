import Foundation
import Glibc
import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL
import Synchronization

/// The daemon's certificate and key, which are read again when they have been renewed, and the
/// authorities whose certificates it asks of its clients.
final class ServerCertificate: Sendable {
  /// PEM files.
  struct Files: Hashable, Sendable {
    /// The certificate, then those between it and its authority.
    var certificate: String
    var key: String
    /// The authorities behind clients' certificates; without, none are asked for.
    var clientAuthority: String?
  }

  /// HTTP/1.1 over TLS 1.2 or newer, with whichever certificate was read last.
  let server: HTTPServerBuilder
  private let files: Files
  private let current: CurrentPair

  /// Reads the files.
  ///
  /// - Throws: `CertificateFault` for a file that cannot be used, a key that others may read, and a
  ///   key that is another certificate's.
  init(_ files: Files, listener: Listener = Listener()) throws {
    let pair = try CertificatePair(files)
    let current = CurrentPair(pair)
    var configuration = pair.configuration
    if let authority = files.clientAuthority {
      configuration.trustRoots = .certificates(try CertificatePair.certificates(in: authority))
      // A client has no host name to go by: that its authority has signed it is enough.
      configuration.certificateVerification = .noHostnameVerification
    }
    configuration.sslContextCallback = { _, promise in
      var override = NIOSSLContextConfigurationOverride()
      let pair = current.pair.withLock { $0 }
      override.certificateChain = pair.chain.map { .certificate($0) }
      override.privateKey = .privateKey(pair.key)
      promise.succeed(override)
    }
    server = try .tls(listener.server, tlsConfiguration: configuration)
    self.files = files
    self.current = current
  }

  /// Reads certificate and key once more; connections from now on get them. What was read before
  /// stays if this throws.
  func renew() throws {
    let pair = try CertificatePair(files)
    current.pair.withLock { $0 = pair }
  }

  /// Days until the certificate is no longer valid.
  func daysLeft(now: Int64) -> Int64 {
    let end = current.pair.withLock { $0.chain[0].notValidAfter }
    return (Int64(end) - now / 1000) / 86_400
  }
}

/// The certificate that new connections get.
private final class CurrentPair: Sendable {
  let pair: Mutex<CertificatePair>

  init(_ pair: CertificatePair) { self.pair = Mutex(pair) }
}

/// A certificate with its chain and its key, which belong together.
private struct CertificatePair: Sendable {
  var chain: [NIOSSLCertificate]
  var key: NIOSSLPrivateKey

  init(_ files: ServerCertificate.Files) throws {
    chain = try Self.certificates(in: files.certificate)
    key = try Self.key(in: files.key)
    do {
      _ = try NIOSSLContext(configuration: configuration)
    } catch {
      throw CertificateFault.mismatch(certificate: files.certificate, key: files.key)
    }
  }

  var configuration: TLSConfiguration {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    return configuration
  }

  /// The certificates of a PEM file, at least one.
  static func certificates(in path: String) throws -> [NIOSSLCertificate] {
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw CertificateFault.unreadable(path)
    }
    guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
      throw CertificateFault.noCertificate(path)
    }
    return certificates
  }

  private static func key(in path: String) throws -> NIOSSLPrivateKey {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: target)
    guard let mode = attributes?[.posixPermissions] as? Int,
      FileManager.default.isReadableFile(atPath: path)
    else { throw CertificateFault.unreadable(path) }
    guard mode & 0o007 == 0 else { throw CertificateFault.exposedKey(path, mode: mode & 0o777) }
    guard let key = try? NIOSSLPrivateKey(file: path, format: .pem) else {
      throw CertificateFault.noKey(path)
    }
    return key
  }
}

/// What is wrong with a file of the daemon's certificate.
enum CertificateFault: Error, Hashable {
  case unreadable(String)
  case noCertificate(String)
  case noKey(String)
  case exposedKey(String, mode: Int)
  case mismatch(certificate: String, key: String)
}

extension CertificateFault: CustomStringConvertible {
  var description: String {
    switch self {
    case .unreadable(let path):
      "\(path) cannot be read\n  hint: name a PEM file that this user may read"
    case .noCertificate(let path):
      "\(path) holds no certificate\n  hint: it is a PEM file with BEGIN CERTIFICATE"
    case .noKey(let path):
      "\(path) holds no private key\n  hint: it is a PEM file with BEGIN PRIVATE KEY, without a passphrase"
    case .exposedKey(let path, let mode):
      """
      \(path) has mode \(String(mode, radix: 8)): everybody on this machine may read the key
        hint: chmod 600 \(path)
      """
    case .mismatch(let certificate, let key):
      "\(key) is not the key of \(certificate)\n  hint: name the two files of one request"
    }
  }
}
