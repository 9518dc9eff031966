import Foundation
import Loopback
import Synchronization
import Testing
import Wire

@testable import Client

@Suite("A file that is downloaded", .timeLimit(.minutes(1)))
struct DownloadTests {
  private static let content = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })

  /// A fresh file that holds `beginning`, open for `mode`.
  private func withFile(
    _ beginning: Data = Data(), _ mode: Int32 = O_RDWR,
    _ body: (Int32, URL) async throws -> Void
  ) async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try beginning.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let descriptor = open(url.path, mode | O_CLOEXEC)
    defer { close(descriptor) }
    try await body(descriptor, url)
  }

  private func client(_ server: LoopbackServer) throws -> DaemonClient {
    DaemonClient(ClientConfiguration(address: try DaemonAddress(server.address)))
  }

  @Test("arrives whole, and its size is told as it grows")
  func whole() async throws {
    let server = try LoopbackServer { request in
      #expect(request.headers["range"] == nil)
      return .json(status: 200, Self.content)
    }
    try await withFile { descriptor, url in
      let sizes = Mutex<[Int]>([])
      try await client(server).download("/f", sha256: "s", from: 0, into: descriptor) { size in
        sizes.withLock { $0.append(size) }
      }
      #expect(try Data(contentsOf: url) == Self.content)
      let told = sizes.withLock { $0 }
      #expect(told == told.sorted())
      #expect(told.last == Self.content.count)
    }
  }

  @Test("goes on where it was torn, if it is still the same file")
  func resumed() async throws {
    let server = try LoopbackServer { request in
      guard request.headers["range"] == "bytes=1000-", request.headers["if-range"] == "\"s\"" else {
        return .torn(status: 200, Self.content.prefix(1000), of: Self.content.count)
      }
      return .json(status: 206, Self.content.dropFirst(1000))
    }
    try await withFile { descriptor, url in
      let client = try client(server)
      do throws(ClientError) {
        try await client.download("/f", sha256: "s", from: 0, into: descriptor) { _ in }
        Issue.record("a torn body is no success")
      } catch {
        #expect(error.isTransient)
      }
      #expect(try Data(contentsOf: url) == Self.content.prefix(1000))
      try await client.download("/f", sha256: "s", from: 1000, into: descriptor) { _ in }
      #expect(try Data(contentsOf: url) == Self.content)
    }
  }

  @Test("starts over when the daemon has another file by now")
  func changed() async throws {
    let server = try LoopbackServer { _ in .json(status: 200, Data("new".utf8)) }
    try await withFile(Data("an older beginning".utf8)) { descriptor, url in
      try await client(server).download("/f", sha256: "s", from: 18, into: descriptor) { _ in }
      #expect(try Data(contentsOf: url) == Data("new".utf8))
    }
  }

  @Test("is left alone by a refusal, which arrives as the daemon's error")
  func refused() async throws {
    let refusal = APIError(.notFound, "no such corpus")
    let body = try JSONEncoder().encode(refusal)
    let server = try LoopbackServer { _ in .json(status: 404, body) }
    try await withFile(Data("kept".utf8)) { descriptor, url in
      await #expect(throws: ClientError.api(refusal)) {
        try await client(server).download("/f", sha256: "s", from: 4, into: descriptor) { _ in }
      }
      let kept = try Data(contentsOf: url)
      #expect(kept == Data("kept".utf8))
    }
  }

  @Test("that cannot be written says so, and is not tried again")
  func unwritable() async throws {
    let server = try LoopbackServer { _ in .json(status: 200, Self.content) }
    try await withFile(Data(), O_RDONLY) { descriptor, _ in
      let client = try client(server)
      do throws(ClientError) {
        try await client.download("/f", sha256: "s", from: 0, into: descriptor) { _ in }
        Issue.record("nothing was written")
      } catch {
        if case .unwritable = error {} else { Issue.record("\(error)") }
        #expect(!error.isTransient)
      }
    }
  }
}
