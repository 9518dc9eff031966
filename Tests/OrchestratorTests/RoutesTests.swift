import Client
import Foundation
import Registry
import Testing
import Wire

@testable import Orchestrator

@Suite("The daemon answers over HTTP", .serialized)
struct RoutesTests {
  /// A daemon on loopback over a fresh laboratory, for as long as `body` takes.
  private func withDaemon(
    _ body: (DaemonClient, Laboratory) async throws -> Void
  ) async throws {
    let laboratory = try Laboratory()
    try await LiveDaemon.serving(laboratory.folder) { url in
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      try await body(client, laboratory)
    }
  }

  private func submission(dryRun: Bool = false) -> Submission {
    Submission(text: Laboratory.grid, file: "grid.yaml", dryRun: dryRun)
  }

  private func code(_ body: () async throws(ClientError) -> Void) async -> APIError? {
    do {
      try await body()
      return nil
    } catch {
      guard case .api(let refusal) = error else { return nil }
      return refusal
    }
  }

  @Test("a dry run changes nothing, a submission queues what is new, a second one nothing")
  func submit() async throws {
    try await withDaemon { client, _ in
      let dry = try await client.submit(submission(dryRun: true))
      #expect(dry.runs.count == 10)
      #expect(dry.runs.allSatisfy { $0.run == nil && abs($0.flopsError) < 0.005 })
      #expect(try await client.runs().isEmpty)

      let first = try await client.submit(submission())
      #expect(!first.grids[0].known)
      let again = try await client.submit(submission())
      #expect(again.grids[0].known)
      #expect(again.grids[0].gridID == first.grids[0].gridID)
      #expect(try await client.runs().count == 10)
    }
  }

  @Test("lease, report and outcome may each be repeated, and are recorded once")
  func attempt() async throws {
    try await withDaemon { client, _ in
      _ = try await client.submit(submission())
      _ = try await client.register(
        WorkerRegistration(id: "w", host: "here", pid: 1, slots: 1, version: "0"))
      let wish = LeaseRequest(worker: "w", request: "w/1")
      let lease = try #require(try await client.lease(wish).lease)
      #expect(try await client.lease(wish).lease == lease)

      let events: [TrainerEvent] = [
        .started(.init(parameters: 2, activeParameters: 2)),
        .step(.init(step: 1, tokens: 256, loss: 6.25)),
      ]
      let report = Report(run: lease.run, epoch: lease.epoch, sequence: 1, events: events)
      for _ in 1...2 { #expect(try await client.report(report).directive == .continue) }

      let last = Report(run: lease.run, epoch: lease.epoch, sequence: 2, events: [])
      let finished = TrainerEvent.Finished(
        loss: 6, validationLoss: 6.1, tokens: 256, flops: 1e9, seconds: 1)
      let outcome = OutcomeReport(
        report: last, outcome: .finished(finished),
        next: LeaseRequest(worker: "w", request: "w/2"))
      let next = try await client.outcome(outcome)
      #expect(next.lease?.run != lease.run)
      #expect(try await client.outcome(outcome) == next)

      let series: Series = try await client.get("/v1/runs/\(lease.run)/series/loss")
      #expect(series.values == [6.25])
      let table: Table = try await client.post(
        "/v1/sql", SQLQuery(query: "SELECT count(*) FROM runs WHERE state = 'finished'"))
      #expect(table.rows == [[.integer(1)]])
    }
  }

  @Test("a lease whose asker has gone while it waited goes to the next one at once")
  func gone() async throws {
    try await withDaemon { client, laboratory in
      for id in ["gone", "here"] {
        _ = try await client.register(
          WorkerRegistration(id: id, host: "here", pid: 1, slots: 1, version: "0"))
      }
      let gone = Task {
        try await DaemonClient(client.configuration).lease(
          LeaseRequest(worker: "gone", request: "gone/1", waitSeconds: 60))
      }
      let registry = try Registry.openReadOnly(laboratory.registry.path)
      let seen = "SELECT seen_at > joined_at FROM worker WHERE id = 'gone'"
      while try await registry.query(seen, rowLimit: 1, timeLimit: .seconds(9)).rows != [
        [.integer(1)]
      ] {
        await Task.yield()
      }
      gone.cancel()
      _ = await gone.result
      _ = try await client.submit(submission())
      var leased: [Lease] = []
      for number in 1...10 {
        let wish = LeaseRequest(worker: "here", request: "here/\(number)", waitSeconds: 60)
        guard let lease = try await client.lease(wish).lease else { break }
        leased.append(lease)
        let finished = TrainerEvent.Finished(
          loss: 6, validationLoss: 6.1, tokens: 256, flops: 1e9, seconds: 1)
        _ = try await client.outcome(
          OutcomeReport(
            report: Report(run: lease.run, epoch: lease.epoch, sequence: 1, events: []),
            outcome: .finished(finished), next: nil))
      }
      #expect(Set(leased.map(\.run)).count == 10)
    }
  }

  @Test("a cancelled run's trainer is told to stop, or that its lease is lost")
  func cancel() async throws {
    try await withDaemon { client, _ in
      let grid = try await client.submit(submission()).grids[0].gridID
      _ = try await client.register(
        WorkerRegistration(id: "w", host: "here", pid: 1, slots: 1, version: "0"))
      let lease = try #require(
        try await client.lease(LeaseRequest(worker: "w", request: "w/1")).lease)
      let reply: CancelReply = try await client.post(
        "/v1/cancel", CancelRequest(runs: [], grid: grid))
      #expect(reply.cancelled.count == 10)
      let report = Report(run: lease.run, epoch: lease.epoch, sequence: 1, events: [])
      var isEnded = false
      do {
        isEnded = try await client.report(report).directive == .stop
      } catch ClientError.api(let refusal) {
        isEnded = refusal.code == .leaseLost
      }
      #expect(isEnded)
    }
  }

  @Test("what is wrong is refused with its reason and a hint")
  func refusals() async throws {
    try await withDaemon { client, _ in
      let fault = await code { () throws(ClientError) in
        _ = try await client.submit(
          Submission(
            text: Laboratory.grid.replacing("seeds", with: "sedes") + "\nbudget: 3\n",
            file: "grid.yaml", dryRun: false))
      }
      #expect(fault?.code == .refused)
      #expect(fault?.message.contains("budgets") == true)
      let missing = await code { () throws(ClientError) in
        let _: RunDetail = try await client.get("/v1/runs/77")
      }
      #expect(missing?.code == .notFound)
      let unknown = await code { () throws(ClientError) in
        let _: Status = try await client.get("/v1/nothing")
      }
      #expect(unknown?.code == .notFound)
      let filter = await code { () throws(ClientError) in
        _ = try await client.runs([URLQueryItem(name: "state", value: "asleep")])
      }
      #expect(filter?.code == .invalid)
      #expect(filter?.hint?.contains("queued") == true)
      let body = await code { () throws(ClientError) in
        let _: CancelReply = try await client.post("/v1/cancel", ["runs": "all"])
      }
      #expect(body?.code == .invalid)
      let write = await code { () throws(ClientError) in
        let _: Table = try await client.post("/v1/sql", SQLQuery(query: "DELETE FROM run"))
      }
      #expect(write?.code == .refused)
      let runs = try await client.runs()
      #expect(runs.isEmpty)
    }
  }
}
