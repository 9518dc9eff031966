import Client
import Foundation
import Logging
import Loopback
import Registry
import ServiceLifecycle
import Synchronization
import Testing
import Wire

@testable import Orchestrator

/// A receiver of webhooks whose answers a test chooses and whose messages it waits for.
private final class Receiver: Sendable {
  struct Message {
    var id: String
    var headers: [String: String]
    var body: Data
    var event: String
    var sequence: Int?
  }

  let server: LoopbackServer
  let messages: AsyncStream<Message>

  /// Answers with `statuses` in order, 200 afterwards; 0 drops the connection.
  init(_ statuses: [Int] = []) throws {
    let (messages, arrive) = AsyncStream.makeStream(of: Message.self)
    let answers = Answers(statuses)
    server = try LoopbackServer { request in
      let body = try? JSONSerialization.jsonObject(with: request.body) as? [String: Any]
      arrive.yield(
        Message(
          id: request.headers["webhook-id"] ?? "", headers: request.headers, body: request.body,
          event: body?["event"] as? String ?? "", sequence: body?["sequence"] as? Int))
      let status = answers.next()
      return status == 0 ? .drop : .json(status: status, Data())
    }
    self.messages = messages
  }

  private final class Answers: Sendable {
    private let left: Mutex<[Int]>
    init(_ statuses: [Int]) { left = Mutex(statuses) }
    func next() -> Int { left.withLock { $0.isEmpty ? 200 : $0.removeFirst() } }
  }

  /// The next `count` messages.
  func next(_ count: Int) async -> [Message] {
    var taken: [Message] = []
    for await message in messages {
      taken.append(message)
      if taken.count == count { break }
    }
    return taken
  }
}

@Suite("Webhooks are told of events at least once, in order", .serialized)
struct WebhookDeliveryTests {
  private static let log: Logger = {
    var log = Logger(label: "test")
    log.logLevel = .critical
    return log
  }()

  /// Serves the registry in `folder` with quick retries for as long as `body` takes.
  private func serving(
    _ folder: URL, patience: Duration = .seconds(3600), retry: Duration = .milliseconds(5),
    _ body: (DaemonClient) async throws -> Void
  ) async throws {
    var settings = DaemonSettings(data: folder)
    settings.webhooks = WebhookSettings(
      backoff: Backoff(base: retry, limit: retry * 8), patience: patience,
      timeout: .seconds(2), period: .milliseconds(10))
    let daemon = try await Daemon.open(
      registry: folder.appending(path: "registry.db").path, settings: settings, log: Self.log)
    let (ports, running) = AsyncStream.makeStream(of: Int.self)
    let services = daemon.services(host: "127.0.0.1", port: 0) { running.yield($0) }
    let service = Task { try await services.run() }
    let port = try #require(await ports.first { _ in true })
    do {
      try await body(
        DaemonClient(
          ClientConfiguration(address: try DaemonAddress("http://127.0.0.1:\(port)"))))
    } catch {
      Issue.record(error)
    }
    await services.triggerGracefulShutdown()
    try await service.value
    try await daemon.close()
  }

  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  /// Makes one event: a worker joins.
  private func join(_ client: DaemonClient, _ name: String) async throws {
    _ = try await client.register(
      WorkerRegistration(id: name, host: "here", pid: 1, slots: 1, version: "0"))
  }

  private func add(
    _ client: DaemonClient, _ receiver: Receiver, secretFile: String? = nil,
    events: [String] = ["worker.joined"]
  ) async throws -> WebhookRow {
    try await client.post(
      "/v1/webhooks",
      WebhookRequest(
        url: receiver.server.address + "/hook?token=hidden", events: events, secretFile: secretFile)
    )
  }

  private func rows(_ client: DaemonClient) async throws -> [WebhookRow] {
    try await client.get("/v1/webhooks")
  }

  /// Waits until the first hook stands as `condition` asks.
  private func row(
    _ client: DaemonClient, until condition: (WebhookRow) -> Bool
  ) async throws -> WebhookRow {
    while true {
      if let row = try await rows(client).first, condition(row) { return row }
      await Task.yield()
    }
  }

  @Test("the signature is the one that the Standard Webhooks convention publishes")
  func signature() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let message = WebhookMessage(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: Data(#"{"test": 2432232314}"#.utf8),
      key: try WebhookMessage.key(in: file.path))
    #expect(
      message.headers(now: 1_614_265_330_999) == [
        "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp: 1614265330",
        "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      ])
  }

  @Test("failures are tried again until the event is taken, and the next one waits")
  func retried() async throws {
    try await withFolder { folder in
      let secret = folder.appending(path: "secret")
      try Data("a plain key".utf8).write(to: secret)
      let receiver = try Receiver([500, 0, 302])
      try await serving(folder) { client in
        let hook = try await add(client, receiver, secretFile: secret.path)
        #expect(hook.place == receiver.server.address && hook.isSigned)
        try await join(client, "a")
        try await join(client, "b")
        let messages = await receiver.next(5)
        #expect(Set(messages.prefix(4).map(\.id)).count == 1, "one event, four tries")
        #expect(messages[4].sequence.map { $0 > messages[3].sequence! } == true)
        #expect(messages.allSatisfy { $0.event == "worker.joined" })
        for message in messages {
          let signed = "\(message.id).\(message.headers["webhook-timestamp"]!)."
          let code = HMAC.sha256(Data(signed.utf8) + message.body, key: Data("a plain key".utf8))
          #expect(message.headers["webhook-signature"] == "v1," + code.base64EncodedString())
          let body = try #require(
            try JSONSerialization.jsonObject(with: message.body) as? [String: Any])
          #expect((body["text"] as? String)?.contains("joined") == true)
          #expect(body["id"] as? String == message.id)
        }
        let row = try await row(client) { $0.delivered == 2 }
        #expect(row.state == .delivering && row.failures == 0 && row.problem == nil)
      }
    }
  }

  @Test("events that happen while the receiver or the daemon is away are told afterwards")
  func restarted() async throws {
    try await withFolder { folder in
      let receiver = try Receiver([500])
      try await serving(folder, retry: .seconds(30)) { client in
        _ = try await add(client, receiver)
        try await join(client, "a")
        _ = try await row(client) { $0.failures == 1 }
      }
      let first = await receiver.next(1)
      // The wait between tries outlives the daemon, too; resuming ends it.
      try await serving(folder) { client in
        try await join(client, "b")
        #expect(try await rows(client).first?.state == .retrying)
        let _: WebhookRow = try await client.post("/v1/webhooks/1/resume", [String: String]())
        let rest = await receiver.next(2)
        #expect(rest[0].id == first[0].id)
        #expect(rest[1].sequence! > rest[0].sequence!)
        _ = try await row(client) { $0.delivered == 2 }
      }
    }
  }

  @Test("a receiver that fails for too long, or is gone, is set aside and loses nothing")
  func setAside() async throws {
    try await withFolder { folder in
      let receiver = try Receiver([503, 503, 410])
      try await serving(folder, patience: .zero) { client in
        _ = try await add(client, receiver)
        try await join(client, "a")
        let row = try await row(client) { $0.state == .setAside }
        #expect(row.problem == "HTTP 503" && row.nextAt == nil)
        let answer: WebhookAnswer = try await client.post(
          "/v1/webhooks/1/test", [String: String]())
        #expect(answer == WebhookAnswer(status: 503, problem: "HTTP 503"))
      }
      try await serving(folder) { client in
        let _: WebhookRow = try await client.post("/v1/webhooks/1/resume", [String: String]())
        let refused = try await row(client) { $0.state == .setAside }
        #expect(refused.problem == "HTTP 410")
        let _: WebhookRow = try await client.post("/v1/webhooks/1/resume", [String: String]())
        let delivered = try await row(client) { $0.delivered == 1 }
        #expect(delivered.state == .delivering)
      }
    }
  }

  @Test("one that is slow holds up nobody else")
  func independent() async throws {
    try await withFolder { folder in
      let silent = try LoopbackServer { _ in .hold }
      let receiver = try Receiver()
      try await serving(folder) { client in
        let _: WebhookRow = try await client.post(
          "/v1/webhooks",
          WebhookRequest(url: silent.address, events: ["worker.joined"], secretFile: nil))
        _ = try await add(client, receiver)
        try await join(client, "a")
        #expect(await receiver.next(1).count == 1)
      }
    }
  }

  @Test("what is wrong is refused before anything is stored")
  func refused() async throws {
    try await withFolder { folder in
      let key = folder.appending(path: "key")
      try Data("whsec_???".utf8).write(to: key)
      let requests = [
        WebhookRequest(url: "ftp://host/", events: ["run.failed"], secretFile: nil),
        WebhookRequest(url: "http://", events: ["run.failed"], secretFile: nil),
        WebhookRequest(url: "http://host/", events: [], secretFile: nil),
        WebhookRequest(url: "http://host/", events: ["run_failed"], secretFile: nil),
        WebhookRequest(url: "http://host/", events: ["run.failed"], secretFile: "key"),
        WebhookRequest(url: "http://host/", events: ["run.failed"], secretFile: "/nowhere"),
        WebhookRequest(url: "http://host/", events: ["run.failed"], secretFile: key.path),
      ]
      try await serving(folder) { client in
        for request in requests {
          do {
            let _: WebhookRow = try await client.post("/v1/webhooks", request)
            Issue.record("\(request) was taken")
          } catch ClientError.api(let refusal) {
            #expect(refusal.code == .invalid)
          }
        }
        #expect(try await rows(client).isEmpty)
        for path in ["/v1/webhooks/7/test", "/v1/webhooks/7/resume"] {
          do {
            let _: WebhookRow = try await client.post(path, [String: String]())
            Issue.record("\(path) was answered")
          } catch ClientError.api(let refusal) {
            #expect(refusal.code == .notFound)
          }
        }
      }
    }
  }
}
