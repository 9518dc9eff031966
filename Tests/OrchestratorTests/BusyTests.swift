import Client
import Foundation
import Testing
import Wire

@testable import Orchestrator
@testable import Registry

@Suite("A daemon that cannot keep up says so, and when to come back")
struct BusyTests {
  @Test("a request too many is answered 429 with Retry-After at once; those before it are served")
  func full() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "busy-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var settings = DaemonSettings(data: folder)
    settings.queueCapacity = 200
    // So that the reaper keeps out of the queue.
    settings.lease = .seconds(30_000)
    try await LiveDaemon.serving(settings) { url, registry in
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      let writer = try #require(registry.writer)
      let release = DispatchSemaphore(value: 0)
      let (entries, entered) = AsyncStream.makeStream(of: Void.self)
      async let held: Void = registry.write { _ in
        entered.yield()
        release.wait()
      }
      _ = await entries.first { _ in true }
      async let first = client.register(Self.worker("a"))
      async let second = client.register(Self.worker("b"))
      while writer.waiting < 2 { await Task.yield() }
      let reply = try await Self.send(Self.worker("c"), to: url)
      #expect(reply.hasPrefix("HTTP/1.1 429 "))
      #expect(reply.lowercased().contains("\r\nretry-after: 1\r\n"))
      #expect(reply.contains(#""error":"busy""#) && reply.contains(#""retry_after_seconds":1"#))
      release.signal()
      _ = try await (held, first, second)
      #expect(try await client.status().workers.map(\.id).sorted() == ["a", "b"])
    }
  }

  private static func worker(_ id: String) -> WorkerRegistration {
    WorkerRegistration(id: id, host: "h", pid: 1, slots: 1, version: "0")
  }

  /// The whole reply to a registration, head and body.
  private static func send(_ worker: WorkerRegistration, to url: String) async throws -> String {
    let port = try #require(UInt16(url.split(separator: ":").last ?? ""))
    let body = String(decoding: try JSONEncoder().encode(worker), as: UTF8.self)
    let request =
      "PUT /v1/workers/\(worker.id) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: exchange(request, port)) }
    }
  }

  /// Sends `request` and reads until the daemon closes.
  private static func exchange(_ request: String, _ port: UInt16) -> String {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    _ = request.withCString { write(socket, $0, strlen($0)) }
    var (reply, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
    while true {
      let count = read(socket, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: reply, as: UTF8.self) }
      reply += buffer[..<count]
    }
  }
}
