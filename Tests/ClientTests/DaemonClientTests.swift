import Foundation
import Loopback
import Synchronization
import Testing
import Wire

@testable import Client

@Suite("The daemon's client", .timeLimit(.minutes(1)))
struct DaemonClientTests {
  private func client(_ server: LoopbackServer, token: BearerToken? = nil) throws -> DaemonClient {
    DaemonClient(ClientConfiguration(address: try DaemonAddress(server.address), token: token))
  }

  private static let welcome = Data(#"{"lease_seconds":30,"report_seconds":10}"#.utf8)

  @Test("a call sends its JSON to its route and decodes the reply")
  func call() async throws {
    let seen = Mutex<[LoopbackServer.Request]>([])
    let server = try LoopbackServer { request in
      seen.withLock { $0.append(request) }
      return .json(status: 200, Self.welcome)
    }
    let worker = WorkerRegistration(id: "a/b", host: "h", pid: 1, slots: 2, version: "1")
    var system = SystemRandomNumberGenerator()
    let token = BearerToken(from: &system)
    let welcome = try await client(server, token: token).register(worker)
    #expect(welcome == WorkerWelcome(leaseSeconds: 30, reportSeconds: 10))
    let request = try #require(seen.withLock { $0.first })
    #expect(request.method == "PUT")
    #expect(request.path == "/v1/workers/a%2Fb")
    #expect(request.headers["content-type"] == "application/json")
    #expect(request.headers["authorization"] == "Bearer \(token.secret)")
    #expect(try JSONDecoder().decode(WorkerRegistration.self, from: request.body) == worker)
  }

  @Test("a query is escaped, a plus sign too")
  func query() async throws {
    let server = try LoopbackServer { request in
      .json(status: 200, Data((request.path == "/v1/runs?state=a%2Bb%20c" ? "[]" : "{}").utf8))
    }
    #expect(try await client(server).runs([.init(name: "state", value: "a+b c")]).isEmpty)
  }

  @Test("a unix socket serves as well as a port")
  func unixSocket() async throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "\(UUID().uuidString.prefix(8)).sock").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = try LoopbackServer(at: .socket(path: path)) { _ in
      .json(status: 200, Data(#"{"studies":[],"workers":[]}"#.utf8))
    }
    #expect(try await client(server).status() == Status(studies: [], workers: []))
  }

  @Test("a refusal arrives as the daemon's own error")
  func refusal() async throws {
    let refusal = APIError(.leaseLost, "run 3 is at epoch 2", hint: "end the trainer")
    let body = try JSONEncoder().encode(refusal)
    let server = try LoopbackServer { _ in .json(status: 409, body) }
    let report = Report(run: 3, epoch: 1, sequence: 1, events: [])
    await #expect(throws: ClientError.api(refusal)) { try await client(server).report(report) }
  }

  @Test("an answer that is not the daemon's says what it was", arguments: [200, 404, 502])
  func badReply(status: Int) async throws {
    let server = try LoopbackServer { _ in .json(status: status, Data("<html>".utf8)) }
    let error = await #expect(throws: ClientError.self) { try await client(server).status() }
    guard case .badReply(_, status, _) = error else { return #expect(Bool(false), "\(error!)") }
    #expect(error?.isTransient == (status == 502))
  }

  @Test("no daemon, a cut connection and a daemon that hangs are unreachable, with a hint")
  func unreachable() async throws {
    let server = try LoopbackServer { $0.path == "/v1/status" ? .drop : .hold }
    var configuration = ClientConfiguration(address: try DaemonAddress(server.address))
    configuration.timeout = .milliseconds(100)
    let client = DaemonClient(configuration)
    let cut = await #expect(throws: ClientError.self) { try await client.status() }
    let hanging = await #expect(throws: ClientError.self) { try await client.runs() }
    server.stop()
    let absent = await #expect(throws: ClientError.self) { try await client.status() }
    for error in [cut, hanging, absent] {
      guard case .unreachable = error else { return #expect(Bool(false), "\(error!)") }
      #expect(error?.isTransient == true)
      #expect(error?.description.contains("orchestrator serve") == true)
    }
  }

  @Test("cancelling the task ends a long poll at once")
  func cancellation() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try LoopbackServer { _ in
      arrived.yield()
      return .hold
    }
    let client = try client(server)
    let task = Task {
      try await client.lease(LeaseRequest(worker: "w", request: "r", waitSeconds: 600))
    }
    for await _ in arrivals { break }
    task.cancel()
    await #expect(throws: ClientError.cancelled) { try await task.value }
    let early = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.status()
    }
    await #expect(throws: ClientError.cancelled) { try await early.value }
  }

  @Test("a hundred requests at once are all answered, each with its own reply")
  func concurrent() async throws {
    let server = try LoopbackServer { request in
      .json(status: 200, Data("\"\(request.path)\"".utf8))
    }
    defer { server.stop() }
    let client = try client(server)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<100 {
        group.addTask {
          let path: String = try await client.get("/\(number)")
          return path == "/\(number)"
        }
      }
      for try await right in group { #expect(right) }
    }
  }
}
