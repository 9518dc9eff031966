import Foundation
import Glibc
import Synchronization

/// Stands between a client and a server on loopback, and loses replies when it is asked to: the
/// request arrives and is acted on, and both connections close before the client has heard a byte.
public final class LosingProxy: Sendable {
  /// `http://127.0.0.1:PORT`.
  public let address: String
  private let state = Mutex((armed: 0, lost: 0))
  private let listener: Int32

  /// Listens before the server on `port` of 127.0.0.1.
  public init(before port: UInt16) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = Self.name(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = Self.withAddress(&name) { Glibc.bind(listener, $0, size) }
    guard bound == 0, listen(listener, 64) == 0 else { throw POSIXError(.EADDRINUSE) }
    _ = Self.withAddress(&name) { getsockname(listener, $0, &size) }
    address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    self.listener = listener
    Thread { [weak self] in
      while case let client = accept(listener, nil, nil), client >= 0 {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = Self.name(port: port)
        let connected = Self.withAddress(&name) {
          connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard connected == 0, let self else {
          close(client)
          close(server)
          continue
        }
        carry(between: client, and: server)
      }
      close(listener)
    }.start()
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// The next reply is lost.
  public func loseReply() { state.withLock { $0.armed += 1 } }

  /// Replies lost so far.
  public var lost: Int { state.withLock { $0.lost } }

  /// Carries requests and replies until one side closes, each on a thread of its own.
  private func carry(between client: Int32, and server: Int32) {
    let open = Counter(2) {
      close(client)
      close(server)
    }
    Thread {
      while Self.pass(from: client, to: server) {}
      shutdown(server, Int32(SHUT_RDWR))
      open.down()
    }.start()
    Thread { [self] in
      while Self.pass(
        from: server, to: client,
        losing: {
          state.withLock {
            guard $0.armed > 0 else { return false }
            $0.armed -= 1
            $0.lost += 1
            return true
          }
        })
      {}
      shutdown(client, Int32(SHUT_RDWR))
      open.down()
    }.start()
  }

  /// One piece; false when there is no more, or when it was lost.
  private static func pass(
    from source: Int32, to target: Int32, losing: () -> Bool = { false }
  ) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(source, &bytes, bytes.count, 0)
    guard count > 0, !losing() else { return false }
    return send(target, bytes, count, Int32(MSG_NOSIGNAL)) == count
  }

  private static func name(port: UInt16) -> sockaddr_in {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = inet_addr("127.0.0.1")
    return name
  }

  private static func withAddress(
    _ name: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Int32
  ) -> Int32 {
    withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }
}

/// Calls its end once it was counted down to 0.
private final class Counter: Sendable {
  private let count: Mutex<Int>
  private let end: @Sendable () -> Void

  init(_ count: Int, end: @escaping @Sendable () -> Void) {
    self.count = Mutex(count)
    self.end = end
  }

  func down() {
    let isLast = count.withLock {
      $0 -= 1
      return $0 == 0
    }
    if isLast { end() }
  }
}
