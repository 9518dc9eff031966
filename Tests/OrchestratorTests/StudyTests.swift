import Client
import Experiment
import Foundation
import Testing
import Wire

@testable import Orchestrator

@Suite("The stages of a study", .serialized)
struct StudyTests {
  /// A sweep of η and B, then of sizes, then a grid that takes its settings from both.
  static let text = """
    study: programme
    corpus: words
    budgets: [1e9, 2e9, 4e9, 8e9]
    sequence_length: 32
    base: {layers: 2, head_dim: 16, width_multiple: 16}
    allocation: {M: {a: 2, b: 0.5}}
    hyperparameters: {law: latest}
    stages:
      - grid: hyperparameters
        fits: [hyperparameters]
        hyperparameters: {learning_rate: 0.01, batch_tokens: 256}
        families:
          dense:
            kind: dense
            axes: [{learning_rate: [1/4, 1/2, 1, 2, 4], batch: [1/2, 1, 2]}]
      - grid: allocation
        fits: [allocation]
        families: {dense: {kind: dense, axes: [{scale: [1/2, 3/4, 1, 3/2, 2]}]}}
      - grid: larger
        budgets: [16e9]
        allocation: {law: latest}
        families: {dense: {kind: dense}}
    """

  /// The loss that a run would have were η* = 0.3·C^−0.15, B* = 0.012·C^0.48 and M* = 2·C^0.5.
  private func loss(_ spec: RunSpec) -> Double {
    let model = Double(spec.architecture.trainingFLOPsPerToken())
    let compute = model * Double(spec.tokens)
    func distance(_ value: Double, _ best: Double) -> Double {
      let ratio = log(value / best)
      return 0.01 * ratio * ratio
    }
    return 20 * pow(compute, -0.06)
      * (1 + distance(spec.optimiser.learningRate, 0.3 * pow(compute, -0.15))
        + distance(Double(spec.batchTokens), 0.012 * pow(compute, 0.48))
        + distance(model, 2 * pow(compute, 0.5)))
  }

  /// No run became available.
  private struct Stuck: Error {
    var grids: [String]
  }

  /// Ends `count` runs, waiting for each to become available.
  private func finish(_ count: Int, _ client: DaemonClient) async throws -> [RunSpec] {
    var specs: [RunSpec] = []
    for _ in 0..<count {
      let wish = LeaseRequest(worker: "w", request: UUID().uuidString, waitSeconds: 20)
      guard let lease = try await client.lease(wish).lease else {
        let grids = try await client.status().studies
        throw Stuck(grids: grids.map { "\($0.grid): \($0.counts) \($0.waits) \($0.problem ?? "")" })
      }
      specs.append(lease.spec)
      let result = TrainerEvent.Finished(
        loss: loss(lease.spec), validationLoss: loss(lease.spec), tokens: lease.spec.tokens,
        flops: 1, seconds: 1)
      _ = try await client.outcome(
        OutcomeReport(
          report: Report(run: lease.run, epoch: lease.epoch, sequence: 1, events: []),
          outcome: .finished(result), next: nil))
    }
    return specs
  }

  private func withClient(
    _ body: @escaping (DaemonClient, Laboratory) async throws -> Void
  ) async throws {
    let laboratory = try Laboratory()
    try await LiveDaemon.serving(laboratory.folder) { url in
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      _ = try await client.register(
        WorkerRegistration(id: "w", host: "here", pid: 1, slots: 1, version: "0"))
      try await body(client, laboratory)
    }
  }

  @Test("each is given its runs when the laws that it takes are fitted, and keeps them")
  func programme() async throws {
    try await withClient { client, _ in
      let submission = Submission(text: Self.text, file: "study.yaml", dryRun: false)
      let asked = try await client.submit(submission)
      #expect(asked.grids.map(\.grid) == ["hyperparameters", "allocation", "larger"])
      #expect(asked.grids[1].waits == ["batch_tokens/dense", "learning_rate/dense"])
      #expect(asked.grids[2].waits.contains("M/dense"))

      _ = try await finish(asked.grids[0].runs.count, client)
      let sizes = try await finish(20, client)
      #expect(Set(sizes.map(\.optimiser.learningRate)).count == 4, "η follows from C")
      let last = try await finish(1, client)[0]

      let laws: [LawRow] = try await client.get("/v1/laws")
      let rate = try #require(laws.first { $0.name == "learning_rate/dense" })
      #expect(rate.grid == "hyperparameters" && rate.runs >= 4)
      let size = try #require(laws.first { $0.name == "M/dense" })
      #expect(abs((size.parameters.first { $0.name == "b" }?.value ?? 0) - 0.5) < 0.1)
      let model = Double(last.architecture.trainingFLOPsPerToken())
      #expect(abs(model / (2 * pow(16e9, 0.5)) - 1) < 0.35)

      let again = try await client.submit(submission)
      #expect(again.grids.map(\.gridID) == asked.grids.map(\.gridID))
      #expect(again.grids.allSatisfy { $0.known && $0.waits.isEmpty })
      let used: Table = try await client.post(
        "/v1/sql",
        SQLQuery(query: "SELECT learning_rate_law, M_law FROM runs WHERE grid = 'larger'"))
      let words = used.rows[0].map(\.description)
      #expect(words[0].contains("law learning_rate/dense of study programme"))
      #expect(words[1].contains("law M/dense of study programme"))
    }
  }

  @Test("stays without runs, and says why, when the law that it takes cannot be fitted")
  func refused() async throws {
    try await withClient { client, _ in
      let text = Self.text.replacing("[1e9, 2e9, 4e9, 8e9]", with: "[1e9]")
      let asked = try await client.submit(
        Submission(text: text, file: "study.yaml", dryRun: false))
      _ = try await finish(asked.grids[0].runs.count, client)
      // Settling is not announced to anybody; the grid's problem is what tells.
      var problems: [String] = []
      while problems.count < 3 {
        problems = try await client.status().studies.compactMap(\.problem)
        await Task.yield()
      }
      #expect(problems[0].contains("hyperparameters of dense"))
      #expect(problems[1].contains("could not be fitted to grid hyperparameters"))
      #expect(problems[2].contains("could not be fitted to grid"))
    }
  }

  @Test("is refused where no stage fits what it takes and the registry has no such law")
  func missing() async throws {
    try await withClient { client, _ in
      let text = Self.text.replacing("    fits: [hyperparameters]\n", with: "")
      var hint: String?
      do {
        _ = try await client.submit(Submission(text: text, file: "study.yaml", dryRun: false))
      } catch ClientError.api(let refusal) {
        hint = refusal.hint
      }
      #expect(hint?.contains("fits: [hyperparameters]") == true)
      #expect(try await client.status().studies.isEmpty, "nothing was changed")
    }
  }
}
