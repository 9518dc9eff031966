import Foundation

/// Keep-alive connections to the daemon, driven by one thread: the least that a load generator can
/// cost beside what it measures.
final class Connections {
  private var sockets: [pollfd] = []
  private var received: [[UInt8]] = []
  private var sentAt: [ContinuousClock.Instant] = []
  /// How long each answer took.
  private(set) var latencies: [Duration] = []

  init(_ count: Int, port: UInt16) throws {
    for _ in 0..<count {
      let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let connected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard connected == 0 else { throw CocoaError(.fileReadUnknown) }
      var on: Int32 = 1
      setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
      sockets.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
    }
    received = Array(repeating: [], count: count)
    sentAt = Array(repeating: .now, count: count)
  }

  deinit { for socket in sockets { close(socket.fd) } }

  var count: Int { sockets.count }

  func send(_ method: String, _ path: String, _ body: String, on index: Int) {
    let text =
      "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    sentAt[index] = .now
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let sent = bytes.withUnsafeBytes { write(sockets[index].fd, $0.baseAddress, $0.count) }
      guard sent > 0 else { return }
      bytes = bytes.dropFirst(sent)
    }
  }

  /// Waits at most `limit` for answers and hands each to `take`: connection, status and body.
  func answers(within limit: Duration, _ take: (Int, Int, String) -> Void) {
    guard poll(&sockets, nfds_t(sockets.count), Int32(limit.inSeconds * 1000)) > 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    for index in sockets.indices where sockets[index].revents != 0 {
      let count = read(sockets[index].fd, &buffer, buffer.count)
      guard count > 0 else { fatalError("the daemon closed a connection") }
      received[index] += buffer[..<count]
      guard let (status, body) = Self.answer(received[index]) else { continue }
      received[index].removeAll(keepingCapacity: true)
      latencies.append(sentAt[index].duration(to: .now))
      take(index, status, body)
    }
  }

  /// One answer a connection, sent on all at once and waited for.
  func roundTrip(_ method: String, _ path: (Int) -> String, _ body: (Int) -> String) -> [String] {
    for index in sockets.indices { send(method, path(index), body(index), on: index) }
    var bodies = [String](repeating: "", count: count)
    var missing = count
    while missing > 0 {
      answers(within: .seconds(10)) { index, _, body in
        bodies[index] = body
        missing -= 1
      }
    }
    return bodies
  }

  func forgetLatencies() { latencies.removeAll(keepingCapacity: true) }

  /// Status and body once all of it is there; a body's length is always given.
  private static func answer(_ bytes: [UInt8]) -> (Int, String)? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let headEnd = text.firstRange(of: "\r\n\r\n") else { return nil }
    let head = text[..<headEnd.lowerBound].lowercased()
    let length =
      head.firstRange(of: "content-length: ").flatMap {
        Int(head[$0.upperBound...].prefix(while: \.isNumber))
      } ?? 0
    let body = text[headEnd.upperBound...]
    guard body.utf8.count >= length else { return nil }
    return (Int(head.dropFirst(9).prefix(3)) ?? 0, String(body))
  }
}

extension String {
  /// The number after `key` in JSON that a machine wrote.
  func number(_ key: String) -> Int64? {
    firstRange(of: "\"\(key)\":").flatMap {
      Int64(self[$0.upperBound...].prefix(while: \.isNumber))
    }
  }
}
