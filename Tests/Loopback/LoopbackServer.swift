public import Foundation
import Glibc
import Synchronization

/// A small HTTP/1.1 server on real sockets, for tests that play the daemon. Each connection has its
/// thread and calls the handler for one request after the other.
public final class LoopbackServer: Sendable {
  /// What a client asked.
  public struct Request: Sendable {
    /// The verb.
    public var method: String
    /// With its query.
    public var path: String
    /// Names in lower case.
    public var headers: [String: String]
    /// Empty when there is none.
    public var body: Data
  }

  /// What it gets.
  public enum Reply: Sendable {
    case json(status: Int, Data)
    /// The connection closes when this much of a longer body was sent.
    case torn(status: Int, Data, of: Int)
    /// The connection closes without an answer.
    case drop
    /// No answer comes until the client hangs up.
    case hold
  }

  /// Where it listens.
  public enum Place: Sendable {
    /// A free port on 127.0.0.1.
    case port
    case socket(path: String)
  }

  /// `http://127.0.0.1:PORT` or `unix:PATH`.
  public let address: String
  private let sockets = Sockets()

  /// Listens at once; `handler` is called on the connections' threads.
  public init(at place: Place = .port, _ handler: @escaping @Sendable (Request) -> Reply) throws {
    let listener: Int32
    switch place {
    case .port:
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_addr.s_addr = inet_addr("127.0.0.1")
      try Self.bind(listener, &name)
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutablePointer(to: &name) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = getsockname(listener, $0, &size)
        }
      }
      address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    case .socket(let path):
      listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var name = sockaddr_un()
      name.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
      try Self.bind(listener, &name)
      address = "unix:\(path)"
    }
    listen(listener, 256)
    sockets.add(listener)
    Thread { [sockets] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return sockets.close(listener) }
        sockets.add(connection)
        Thread {
          Self.serve(connection, handler)
          sockets.close(connection)
        }.start()
      }
    }.start()
  }

  deinit { stop() }

  /// Refuses all further connections and cuts those that are open.
  public func stop() { sockets.shutDown() }

  private static func bind<Name>(_ descriptor: Int32, _ name: inout Name) throws {
    let result = withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Name>.size))
      }
    }
    guard result == 0 else { throw POSIXError(.EADDRINUSE) }
  }

  private static func serve(_ connection: Int32, _ handler: (Request) -> Reply) {
    var pending = Data()
    while let request = read(from: connection, &pending) {
      guard write(handler(request), to: connection) else { return }
    }
  }

  private static func read(from connection: Int32, _ pending: inout Data) -> Request? {
    var head: Range<Data.Index>?
    while head == nil {
      head = pending.range(of: Data("\r\n\r\n".utf8))
      if head == nil, !more(from: connection, &pending) { return nil }
    }
    let lines = String(decoding: pending[..<head!.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    pending = Data(pending[head!.upperBound...])
    let length = Int(headers["content-length"] ?? "0") ?? 0
    while pending.count < length {
      guard more(from: connection, &pending) else { return nil }
    }
    let body = Data(pending.prefix(length))
    pending = Data(pending.dropFirst(length))
    let words = lines[0].split(separator: " ").map(String.init)
    return Request(method: words[0], path: words[1], headers: headers, body: body)
  }

  private static func more(from connection: Int32, _ pending: inout Data) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = recv(connection, &bytes, bytes.count, 0)
    guard count > 0 else { return false }
    pending.append(contentsOf: bytes.prefix(count))
    return true
  }

  private static func write(_ reply: Reply, to connection: Int32) -> Bool {
    switch reply {
    case .drop: return false
    case .hold:
      var rest = Data()
      while more(from: connection, &rest) {}
      return false
    case .json(let status, let body):
      return write(status, body, of: body.count, to: connection)
    case .torn(let status, let body, let length):
      _ = write(status, body, of: length, to: connection)
      return false
    }
  }

  private static func write(
    _ status: Int, _ body: Data, of length: Int, to connection: Int32
  ) -> Bool {
    let head = "HTTP/1.1 \(status) X\r\nContent-Length: \(length)\r\n\r\n"
    let bytes = Array(Data(head.utf8) + body)
    return send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }
}

extension LoopbackServer {
  /// The open sockets. One is closed by the thread that uses it, under the lock: a number that was
  /// closed may be another's at once, and must not be shut down any more.
  fileprivate final class Sockets: Sendable {
    private struct Content {
      var open: Set<Int32> = []
      var isShutDown = false
    }

    private let content = Mutex(Content())

    func add(_ descriptor: Int32) {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      content.withLock {
        $0.open.insert(descriptor)
        if $0.isShutDown { shutdown(descriptor, Int32(SHUT_RDWR)) }
      }
    }

    func close(_ descriptor: Int32) {
      content.withLock {
        $0.open.remove(descriptor)
        _ = Glibc.close(descriptor)
      }
    }

    func shutDown() {
      content.withLock {
        $0.isShutDown = true
        for descriptor in $0.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
      }
    }
  }
}
