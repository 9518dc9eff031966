import Client
import Foundation
import Logging
import Registry
import Synchronization
import Testing
import Wire

@testable import Orchestrator

@Suite("The daemon says how it is, and leaves quickly when asked", .serialized)
struct StoppingTests {
  /// The daemon as a process, and a client of it.
  private func serve(
    _ laboratory: Laboratory, _ options: [String] = []
  ) async throws -> (Program, DaemonClient) {
    let daemon = try Program(
      "orchestrator", ["serve", "--port", "0", "--data", laboratory.folder.path] + options)
    let serving = try #require(await daemon.line(containing: "serving"))
    let url = try #require(serving.firstMatch(of: #/http://127\.0\.0\.1:\d+/#)).0
    return (
      daemon, DaemonClient(ClientConfiguration(address: try DaemonAddress(String(url))))
    )
  }

  private func walBytes(_ laboratory: Laboratory) -> Int {
    let path = laboratory.registry.path + "-wal"
    let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    return size.flatMap { $0 } ?? 0
  }

  @Test("SIGTERM answers a waiting long poll at once, writes the log back and ends with 0")
  func longPoll() async throws {
    let laboratory = try Laboratory()
    let (daemon, client) = try await serve(laboratory)
    _ = try await client.register(
      WorkerRegistration(id: "w", host: "here", pid: 1, slots: 1, version: "0"))
    #expect(String(decoding: try await client.data(.get, "/healthz"), as: UTF8.self) == "ok\n")
    let ready: Readiness = try await client.get("/readyz")
    #expect(ready == Readiness(ready: true))
    let poll = Task {
      try await client.lease(LeaseRequest(worker: "w", request: "w/1", waitSeconds: 60))
    }
    // The poll, and the request that asks.
    while try await inFlight(client) < 2 { await Task.yield() }
    #expect(walBytes(laboratory) > 0)
    let asked = ContinuousClock.now
    daemon.signal(SIGTERM)
    #expect(try await poll.value.lease == nil)
    #expect(await daemon.result().code == 0)
    #expect(ContinuousClock.now - asked < .seconds(3))
    #expect(walBytes(laboratory) == 0)
    let registry = try Registry.openReadOnly(laboratory.registry.path)
    #expect(try await registry.inspect().isSound)
  }

  private func inFlight(_ client: DaemonClient) async throws -> Double {
    let text = String(decoding: try await client.data(.get, "/metrics"), as: UTF8.self)
    return try Exposition(text).value("orchestrator_http_requests_in_flight") ?? 0
  }

  @Test("SIGTERM does not wait for a fit")
  func refit() async throws {
    let laboratory = try Laboratory()
    let (daemon, client) = try await serve(laboratory)
    let runs = (0..<2000).map { index in
      let compute = pow(10, 18 + Double(index % 40) / 10)
      let isDense = index % 2 == 0
      return ImportedRun(
        family: isDense ? "dense" : "moe", point: "{}", seed: Int64(index),
        numbers: [
          .budget: compute, .flops: compute, .loss: 30 * pow(compute, -0.05) * (isDense ? 1 : 0.98),
          .activationRatio: isDense ? 1 : 0.125, .granularity: 2, .sharedRatio: 0.5,
        ], extra: "{\"row\":\(index)}")
    }
    let _: ImportReply = try await client.post(
      "/v1/imports",
      ImportRequest(
        source: ImportSource(
          study: "s", grid: "g", file: "f.csv", sha256: "0", format: "csv", mapping: [:],
          family: nil, group: [], keep: [], conditions: [], convention: "paper"),
        runs: runs, dryRun: false))
    let asked = ContinuousClock.now
    daemon.signal(SIGTERM)
    #expect(await daemon.result().code == 0)
    #expect(ContinuousClock.now - asked < .seconds(3))
  }

  @Test("work that is cancelled is let go of at once")
  func cancelled() async throws {
    let (starts, started) = AsyncStream.makeStream(of: Void.self)
    let hold = DispatchSemaphore(value: 0)
    let task = Task {
      try await offRequestPath {
        started.yield()
        hold.wait()
        return 7
      }
    }
    _ = await starts.first { _ in true }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    hold.signal()
    #expect(try await offRequestPath { 8 } == 8)
  }

  @Test("a daemon that is stopping, or cannot write, is not ready and says why")
  func notReady() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "r-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let registry = try Registry.open(folder.appending(path: "registry.db").path)
    let probes = Probes(
      registry: registry, lifecycle: Lifecycle(), metrics: DaemonMetrics(since: 0))
    #expect(await probes.readiness() == Readiness(ready: true))
    try registry.close()
    let closed = await probes.readiness()
    #expect(!closed.ready && closed.reason?.isEmpty == false)
    probes.lifecycle.stop()
    #expect(
      await probes.readiness() == Readiness(ready: false, reason: "the daemon is stopping"))
  }

  @Test("with --log-format json every line is an object, and each request has an id")
  func logs() async throws {
    let laboratory = try Laboratory()
    let secret = laboratory.folder.appending(path: "secret")
    try Data("squeamish".utf8).write(to: secret)
    let (daemon, client) = try await serve(
      laboratory, ["--log-format", "json", "--log-level", "debug"])
    let _: WebhookRow = try await client.post(
      "/v1/webhooks",
      WebhookRequest(
        url: "http://127.0.0.1:9/ossifrage", events: ["run.failed"], secretFile: secret.path))
    let _: WebhookAnswer = try await client.post("/v1/webhooks/1/test", [String: String]())
    let line = try #require(await daemon.line(containing: "/v1/webhooks/{id}/test"))
    let entry = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(entry["level"] as? String == "info")
    let metadata = try #require(entry["metadata"] as? [String: Any])
    #expect(metadata["hb.request.id"] is String && metadata["status"] as? String == "200")
    daemon.signal(SIGTERM)
    let rest = await daemon.errors().split(separator: "\n").map(String.init)
    for line in rest {
      #expect(
        (try? JSONSerialization.jsonObject(with: Data(line.utf8))) is [String: Any], "\(line)")
    }
    #expect(!(rest + [line]).joined().contains("squeamish"))
    #expect(!(rest + [line]).joined().contains("ossifrage"))
    #expect(await daemon.result().code == 0)
  }
}
