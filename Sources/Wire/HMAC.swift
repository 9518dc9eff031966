import CCrypto
public import Foundation

/// HMAC with SHA-256 (RFC 2104): what shows a receiver who wrote a message.
public enum HMAC {
  /// The 32 bytes for `message` under `key`.
  public static func sha256(_ message: Data, key: Data) -> Data {
    var code = [UInt8](repeating: 0, count: 32)
    var length = 0
    // An array's pointer is never null, which OpenSSL would take for a key that was given before.
    let result = EVP_Q_mac(
      nil, "HMAC", nil, "SHA256", nil, Array(key), key.count, Array(message), message.count, &code,
      code.count, &length)
    precondition(result != nil && length == 32, "OpenSSL has no HMAC-SHA-256")
    return Data(code)
  }
}
