import Client
import Experiment
import Foundation
import Testing
import Wire

@testable import Orchestrator

@Suite("The queue is steered over HTTP", .serialized)
struct QueueRoutesTests {
  private func withDaemon(_ body: (DaemonClient) async throws -> Void) async throws {
    let laboratory = try Laboratory()
    try await LiveDaemon.serving(laboratory.folder) { url in
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      _ = try await client.submit(
        Submission(
          text: Laboratory.grid + "\nresources: {gpus: {h100: 2}}\n", file: "grid.yaml",
          dryRun: false))
      try await body(client)
    }
  }

  private func register(_ client: DaemonClient, gpus: Int) async throws {
    _ = try await client.register(
      WorkerRegistration(
        id: "w", host: "here", pid: 1, slots: 4, version: "0",
        offer: WorkerOffer(gpus: ["h100": gpus])))
  }

  private func reasons(_ client: DaemonClient) async throws -> [Reason] {
    let reply: Explanation = try await client.get("/v1/runs/1/explanation")
    return reply.reasons
  }

  @Test("a run is leased with what it holds; what it cannot have, it is told")
  func resources() async throws {
    try await withDaemon { client in
      try await register(client, gpus: 1)
      #expect(try await client.lease(LeaseRequest(worker: "w", request: "w/1")).lease == nil)
      let lacks = Shortfall(resource: .gpus, name: "h100", asked: 2, offered: 1)
      #expect(try await reasons(client) == [.noFit(workers: 1, nearest: "w", lacks: [lacks])])
      try await register(client, gpus: 2)
      let lease = try await client.lease(LeaseRequest(worker: "w", request: "w/2")).lease
      #expect(lease?.grant == Lease.Grant(cpus: 1, gpus: 2, gpuType: "h100"))
    }
  }

  @Test("a pause keeps a waiting worker waiting, and its end wakes it")
  func pause() async throws {
    try await withDaemon { client in
      let pause = PauseRequest(study: "test", grid: nil)
      for changed in [true, false] {
        let reply: PauseReply = try await client.post("/v1/pause", pause)
        #expect(reply == PauseReply(paused: true, changed: changed))
      }
      #expect(try await client.status().paused == [pause])
      try await register(client, gpus: 2)
      async let wish = client.lease(LeaseRequest(worker: "w", request: "w/1", waitSeconds: 60))
      let _: PauseReply = try await client.post("/v1/resume", pause)
      #expect(try await wish.lease != nil)
      await #expect(throws: ClientError.self) {
        let _: PauseReply = try await client.post("/v1/pause", PauseRequest(study: "s", grid: 1))
      }
    }
  }

  @Test(
    "a study's limits are set, shown and taken away again; a retry puts back what was cancelled")
  func study() async throws {
    try await withDaemon { client in
      let path = "/v1/studies/test"
      var queue: StudyQueue = try await client.send(
        .put, path, body: StudyChange(weight: 2, maxConcurrent: .at(0)))
      #expect(queue.weight == 2 && queue.maxConcurrent == 0 && queue.queued == 10)
      #expect(
        try await reasons(client).first == .concurrency(study: "test", running: 0, limit: 0))
      queue = try await client.send(.put, path, body: StudyChange(maxConcurrent: .unlimited))
      #expect(queue.maxConcurrent == nil && queue.weight == 2)
      let read: StudyQueue = try await client.get(path)
      #expect(read == queue)
      let _: CancelReply = try await client.post("/v1/cancel", CancelRequest(runs: [1], grid: nil))
      let retried: RetryReply = try await client.post("/v1/retry", RetryRequest(runs: [], grid: 1))
      #expect(retried.requeued == [1])
    }
  }

  @Test("a node that fails twice is shown, and cleared")
  func nodes() async throws {
    try await withDaemon { client in
      try await register(client, gpus: 2)
      for attempt in 1...2 {
        let lease = try #require(
          try await client.lease(LeaseRequest(worker: "w", request: "w/\(attempt)")).lease)
        let report = Report(run: lease.run, epoch: lease.epoch, sequence: 1, events: [])
        _ = try await client.outcome(
          OutcomeReport(
            report: report, outcome: .failed(.init(kind: .node, message: "no disk")), next: nil))
      }
      let nodes: [NodeStatus] = try await client.get("/v1/nodes")
      #expect(nodes.map(\.host) == ["here"] && nodes[0].setAsideUntil != nil)
      #expect(try await client.lease(LeaseRequest(worker: "w", request: "w/3")).lease == nil)
      let cleared: ClearReply = try await client.send(
        .post, "/v1/nodes/here/clear", body: String?.none)
      #expect(cleared.cleared)
      #expect(try await client.lease(LeaseRequest(worker: "w", request: "w/4")).lease != nil)
    }
  }
}
