import Foundation
import Loopback
import Synchronization
import Testing

@testable import Client

@Suite("Posts to any address")
struct WebClientTests {
  @Test(
    "body and headers arrive, and the status comes back whatever it is", arguments: [200, 302, 500])
  func post(status: Int) async throws {
    let seen = Mutex<LoopbackServer.Request?>(nil)
    let server = try LoopbackServer { request in
      seen.withLock { $0 = request }
      return .json(status: status, Data("thanks".utf8))
    }
    let reply = try await WebClient().post(
      server.address + "/hook?a=1", body: Data("{}".utf8), headers: ["webhook-id: 7"])
    #expect(reply == WebClient.Reply(status: status, text: "thanks"))
    let request = try #require(seen.withLock { $0 })
    #expect(request.method == "POST" && request.path == "/hook?a=1")
    #expect(request.headers["webhook-id"] == "7")
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["authorization"] == nil)
    #expect(request.body == Data("{}".utf8))
  }

  @Test("a receiver that says nothing, or too much, holds nobody up")
  func slow() async throws {
    let silent = try LoopbackServer { _ in .hold }
    await #expect(throws: ClientError.self) {
      try await WebClient(timeout: .milliseconds(200)).post(silent.address, body: Data())
    }
    let chatty = try LoopbackServer { _ in .json(status: 200, Data(count: 1_000_000)) }
    let reply = try await WebClient().post(chatty.address, body: Data())
    #expect(reply.status == 200 && reply.text.utf8.count == 200)
  }
}
