import Experiment
import Foundation
import GRDB
import Testing
import Wire

@testable import Registry

@Suite("An evaluation is recorded once, for a run that there is")
struct EvaluationTests {
  static let score = SuiteScore(
    source: "dict", metric: .accuracyPerByte, value: 0.5, low: 0.1, high: 0.9, count: 4, samples: 4,
    values: [1, 0, 0, 1])
  static let all = SuiteScore(
    source: "all", metric: .accuracyPerByte, value: 0.5, low: 0.1, high: 0.9, count: 4, samples: 4)

  private func submission(
    seed: UInt64 = 1, checkpoint: String = "aa", set: String = "bb",
    scores: [SuiteScore] = [score, all]
  ) -> EvaluationSubmission {
    EvaluationSubmission(
      specSHA256: SHA256.hex(of: Ledger.spec(seed: seed).canonical), checkpointSHA256: checkpoint,
      step: 100, suite: .cloze, suiteSHA256: set, corpusSHA256: "cc", chance: 0.25,
      environment: ["isa": "avx2"], scores: scores)
  }

  @Test("the run is found by its spec; the same again is the same row; each is an event")
  func once() async throws {
    let ledger = try await Ledger()
    let runs = try await ledger.submit([1, 2]).runs.map(\.id)
    let first = try await ledger.registry.record(submission(), now: ledger.tick())
    #expect(first.inserted && first.run == runs[0])
    let before = try await ledger.dump()
    var changed = Self.score
    changed.value = 0.75
    let again = try await ledger.registry.record(
      submission(scores: [changed]), now: ledger.tick())
    #expect(again == EvaluationReply(id: first.id, run: runs[0], inserted: false))
    #expect(try await ledger.dump() == before)

    // Another file, another set and another run are others.
    for other in [submission(checkpoint: "ab"), submission(set: "bc"), submission(seed: 2)] {
      #expect(try await ledger.registry.record(other, now: ledger.tick()).inserted)
    }
    #expect(
      try await ledger.rows(
        "SELECT count(*), count(DISTINCT run_id) FROM event WHERE kind = 'evaluation_recorded'")
        == [["4", "2"]])
  }

  @Test("the view has a row a number; the newest of each run and suite is listed")
  func read() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2])
    for evaluation in [submission(), submission(set: "new"), submission(seed: 2)] {
      _ = try await ledger.registry.record(evaluation, now: ledger.tick())
    }
    #expect(
      try await ledger.rows(
        """
        SELECT study, step, suite, source, metric, value, low, high, chance, count, samples
        FROM evaluations WHERE run = 2 ORDER BY source
        """) == [
          ["s", "100", "cloze", "all", "accuracy_per_byte", "0.5", "0.1", "0.9", "0.25", "4", "4"],
          [
            "s", "100", "cloze", "dict", "accuracy_per_byte", "0.5", "0.1", "0.9", "0.25", "4", "4",
          ],
        ])
    let rows = try await ledger.registry.evaluations()
    #expect(rows.map(\.run) == [1, 2] && rows.map(\.suiteSHA256) == ["new", "bb"])
    #expect(rows[0].scores == [Self.score.summary, Self.all])
    #expect(rows[0].environment == ["isa": "avx2"])
    let whole = try await ledger.registry.evaluations(
      EvaluationFilter(runs: [2], study: "s", suite: .cloze, withSamples: true))
    #expect(whole.count == 1 && whole[0].scores == [Self.score, Self.all])
    #expect(try await ledger.registry.evaluations(EvaluationFilter(suite: .sources)).isEmpty)
    #expect(try await ledger.registry.evaluations(EvaluationFilter(study: "other")).isEmpty)
    await #expect(throws: RegistryError.unknownRun(9)) {
      try await ledger.registry.evaluations(EvaluationFilter(runs: [1, 9]))
    }
  }

  @Test(
    "a spec that no run has, and numbers that are none or contradict themselves, change nothing")
  func refused() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let before = try await ledger.dump()
    func refuse(_ evaluation: EvaluationSubmission, _ error: RegistryError) async {
      await #expect(throws: error) {
        try await ledger.registry.record(evaluation, now: ledger.tick())
      }
    }
    let unknown = submission(seed: 7)
    await refuse(unknown, .unknownSpec(sha256: unknown.specSHA256))
    await refuse(submission(scores: []), .evaluationRefused(reason: "it has no score"))
    await refuse(
      submission(scores: [Self.all, Self.all]),
      .evaluationRefused(reason: "a number of it comes twice"))
    let name = "dict/accuracy_per_byte"
    await refuse(submission(scores: [changed { $0.value = .nan }]), .notFinite(name))
    await refuse(submission(scores: [changed { $0.values?[0] = .infinity }]), .notFinite(name))
    await refuse(
      submission(scores: [changed { $0.samples = 0 }]),
      .evaluationRefused(reason: "\(name) is of nothing"))
    await refuse(
      submission(scores: [changed { $0.values = [1] }]),
      .evaluationRefused(reason: "\(name) has 1 numbers for 4 samples"))
    await refuse(
      submission(scores: [changed { $0.low = 0.6 }]),
      .evaluationRefused(reason: "\(name) lies outside its interval"))
    #expect(try await ledger.dump() == before)
  }

  private func changed(_ change: (inout SuiteScore) -> Void) -> SuiteScore {
    var score = Self.score
    change(&score)
    return score
  }

  @Test("what was recorded never changes", arguments: ["evaluation", "evaluation_score"])
  func final(table: String) async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    _ = try await ledger.registry.record(submission(), now: ledger.tick())
    let column = table == "evaluation" ? "step" : "value"
    await #expect(throws: RegistryError.ruleBroken("an evaluation never changes")) {
      try await ledger.registry.write {
        try $0.execute(sql: "UPDATE \(table) SET \(column) = 0")
      }
    }
  }
}
