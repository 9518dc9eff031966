import Foundation
public import Wire

/// Where a program's token comes from, and when it may be sent.
enum Credentials {
  /// Most bytes of a file with a token.
  private static let fileLimit = 4096

  /// The token of a file that only its owner may read.
  static func token(inFile path: String) throws(CredentialFault) -> BearerToken {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw .unreadable(path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & 0o077 == 0 else {
      throw .exposed(path, mode: Int(status.st_mode & 0o777))
    }
    guard status.st_size <= fileLimit, let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path, reason: "it is no file of at most \(fileLimit) bytes")
    }
    return try token(String(decoding: data, as: UTF8.self), from: path)
  }

  /// A token as `source` has it, with or without white space around.
  static func token(_ text: String, from source: String) throws(CredentialFault) -> BearerToken {
    do {
      return try BearerToken(text.trimmingCharacters(in: .whitespacesAndNewlines))
    } catch {
      throw .malformed(source, error)
    }
  }
}

/// Why a program has no token to send, or does not send it.
public enum CredentialFault: Error, Hashable, Sendable {
  /// The file cannot be read.
  case unreadable(String, reason: String)
  /// Others may read the file.
  case exposed(String, mode: Int)
  /// What is there is no token.
  case malformed(String, TokenFault)
  /// The way to the daemon is open to whoever listens.
  case plainHTTP(DaemonAddress)
  /// A certificate without its key, or the other way round.
  case halfCertificate
}

extension CredentialFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read the token in \(path): \(reason)\n  hint: name a file that holds one token"
    case .exposed(let path, let mode):
      """
      \(path) has mode \(String(mode, radix: 8)): others on this machine may read the token
        hint: chmod 600 \(path), and have the token replaced if they may have
      """
    case .malformed(let source, let fault):
      "\(source) holds no token: \(fault)\n  hint: copy it once more, whole"
    case .plainHTTP(let address):
      """
      a token is not sent to \(address): whoever listens on the way could read it
        hint: write https://, or reach the daemon through an SSH tunnel at http://localhost
      """
    case .halfCertificate: "--cert and --key go together\n  hint: name both PEM files"
    }
  }
}
