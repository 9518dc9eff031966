import Foundation
import Glibc

/// A TCP connection to this machine on which a test sends exactly what it wants to, and what comes
/// back as it is.
final class RawConnection: Sendable {
  /// A reply's head, and what of its body came before the connection closed.
  struct Reply: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: Data
  }

  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = in_port_t(port).bigEndian
    name.sin_addr.s_addr = inet_addr("127.0.0.1")
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }

  deinit { close(descriptor) }

  /// Sends bytes; false when the other side has gone.
  @discardableResult
  func send(_ data: Data) -> Bool {
    data.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let count = Glibc.send(
          descriptor, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  /// Everything until the other side closes, on a thread of its own.
  func rest() async -> Data {
    await onThread {
      var data = Data()
      while let part = self.receive() { data.append(part) }
      return data
    }
  }

  /// The reply's status alone, as soon as it is there; nil when the other side closes without one.
  func status() async -> Int? {
    await onThread {
      var data = Data()
      while data.firstRange(of: Data("\r\n".utf8)) == nil {
        guard let part = self.receive() else { break }
        data.append(part)
      }
      return Self.reply(data)?.status
    }
  }

  /// Sends a request and reads until the other side closes.
  func exchange(_ data: Data) async -> Reply? {
    let rest = await onThread {
      self.send(data)
      var data = Data()
      while let part = self.receive() { data.append(part) }
      return data
    }
    return Self.reply(rest)
  }

  private func receive() -> Data? {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Data(buffer[..<count]) : nil
  }

  private func onThread<Value: Sendable>(
    _ work: @escaping @Sendable () -> Value
  ) async -> Value {
    await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: work()) }.start()
    }
  }

  private static func reply(_ data: Data) -> Reply? {
    let end = data.firstRange(of: Data("\r\n\r\n".utf8)) ?? data.endIndex..<data.endIndex
    let lines = String(decoding: data[..<end.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count >= 2, let status = Int(words[1]) else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return Reply(status: status, headers: headers, body: data[end.upperBound...])
  }
}

/// A request as a test writes it, wrong or right.
struct RawRequest: Sendable {
  var method = "GET"
  var path: String
  var headers: [(String, String)] = []
  var body: Data?

  init(
    _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil
  ) {
    self.init(method, path, headers: headers, data: body.map { Data($0.utf8) })
  }

  init(_ method: String, _ path: String, headers: [(String, String)] = [], data: Data?) {
    self.method = method
    self.path = path
    self.headers = headers
    body = data
  }

  /// With a token.
  func with(_ token: String?) -> RawRequest {
    var request = self
    if let token { request.headers.append(("Authorization", "Bearer \(token)")) }
    return request
  }

  /// As it crosses the network; the other side closes after its reply.
  func bytes(port: Int) -> Data {
    var lines = ["\(method) \(path) HTTP/1.1", "Connection: close"]
    if !headers.contains(where: { $0.0 == "Host" }) { lines.append("Host: 127.0.0.1:\(port)") }
    lines += headers.map { "\($0.0): \($0.1)" }
    lines.append("Content-Length: \(body?.count ?? 0)")
    return Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? Data())
  }
}
