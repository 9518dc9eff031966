import Client
import Foundation
import Loopback
import Registry
import Testing
import Wire

@testable import Orchestrator

@Suite("A reply that is lost after the commit costs nothing")
struct LostReplyTests {
  /// Everything that is recorded but the times.
  private static let content = [
    "SELECT id, state, epoch, failures, lost_leases, worker_id, loss FROM run ORDER BY id",
    "SELECT run_id, epoch, worker_id, request, sequence, first_step, outcome FROM attempt ORDER BY 1, 2",
    "SELECT kind, run_id, epoch, worker_id FROM event ORDER BY sequence",
    "SELECT run, epoch, metric, step, tokens, value FROM metrics ORDER BY 1, 2, 3, 4",
    "SELECT run_id, epoch, step, path FROM checkpoint ORDER BY 1, 2",
    "SELECT id, host, slots, left_at IS NULL FROM worker ORDER BY id",
  ]

  /// What a worker and a submitter do, and hear. `call` makes one call and returns its reply.
  private struct Story {
    var replies: [String] = []
    let call: (_ body: () async throws -> String) async throws -> String

    mutating func tell<Reply: Encodable>(_ body: () async throws -> Reply) async throws -> Reply {
      var last: Reply?
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let heard = try await call {
        let reply = try await body()
        last = reply
        return String(decoding: try encoder.encode(reply), as: UTF8.self)
      }
      replies.append(heard)
      return last!
    }
  }

  private static func act(_ client: DaemonClient, _ story: inout Story) async throws {
    let submission = Submission(text: Laboratory.grid, file: "grid.yaml", dryRun: false)
    _ = try await story.tell {
      // That grid and runs were known by then is all that a second reply says besides.
      var reply = try await client.submit(submission)
      reply.grids[0].known = false
      for index in reply.grids[0].runs.indices {
        reply.grids[0].runs[index].run = nil
        reply.grids[0].runs[index].state = nil
      }
      return reply
    }
    let folder = RunFolder(id: "f", node: "n", isShared: true)
    _ = try await story.tell {
      try await client.register(
        WorkerRegistration(
          id: "w", host: "here", pid: 1, slots: 2, version: "0", folder: folder))
    }
    let lease = try #require(
      try await story.tell { try await client.lease(LeaseRequest(worker: "w", request: "w/1")) }
        .lease)
    let events: [[TrainerEvent]] = [
      [
        .started(.init(parameters: 2, activeParameters: 2)),
        .step(.init(step: 1, tokens: 8, loss: 6)),
      ],
      [
        .step(.init(step: 2, tokens: 16, loss: 5)),
        .checkpoint(.init(step: 2, path: "checkpoints/2")),
      ],
    ]
    for (number, events) in events.enumerated() {
      _ = try await story.tell {
        try await client.report(
          Report(run: lease.run, epoch: lease.epoch, sequence: number + 1, events: events))
      }
    }
    let outcomes: [Outcome] = [
      .finished(.init(loss: 5, validationLoss: 5.5, tokens: 16, flops: 1e9, seconds: 1)),
      .failed(.init(kind: .code, message: "exit 1")), .diverged(.init(step: 3, reason: "NaN")),
      .released(reason: "leaving"),
    ]
    var held = (lease: lease, sequence: 3)
    for (number, outcome) in outcomes.enumerated() {
      let reply = try await story.tell {
        try await client.outcome(
          OutcomeReport(
            report: Report(
              run: held.lease.run, epoch: held.lease.epoch, sequence: held.sequence, events: []),
            outcome: outcome, next: LeaseRequest(worker: "w", request: "w/\(number + 2)")))
      }
      held = (try #require(reply.lease), 1)
    }
    _ = try await story.tell {
      try await client.goodbye(worker: "w")
      return true
    }
  }

  @Test("each acting route of a worker, and a submission: answered alike, recorded once")
  func routes() async throws {
    let laboratory = try Laboratory()
    let undisturbed = try Laboratory()
    var (lossy, calm): ([String], [String]) = ([], [])
    var (found, expected): ([Table], [Table]) = ([], [])
    var calls = 0
    try await LiveDaemon.serving(undisturbed.folder) { url in
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      var story = Story { try await $0() }
      try await Self.act(client, &story)
      calm = story.replies
      for query in Self.content {
        expected.append(try await client.post("/v1/sql", SQLQuery(query: query)))
      }
    }
    try await LiveDaemon.serving(laboratory.folder) { url in
      let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
      let proxy = try LosingProxy(before: port)
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(proxy.address)))
      let direct = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      var story = Story { call in
        let before = proxy.lost
        proxy.loseReply()
        let first = try? await call()
        #expect(proxy.lost == before + 1, "the reply was lost")
        // The HTTP library may have tried a second time by itself.
        let second = try await call()
        let third = try await call()
        #expect((first ?? second) == second && second == third)
        calls += 1
        return second
      }
      try await Self.act(client, &story)
      lossy = story.replies
      for query in Self.content {
        found.append(try await direct.post("/v1/sql", SQLQuery(query: query)))
      }
    }
    #expect(calls == 10)
    #expect(lossy == calm)
    #expect(found == expected && expected.allSatisfy { !$0.rows.isEmpty })
  }
}
