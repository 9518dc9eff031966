import Client
import Foundation
import Testing
import Wire

@Suite(
  "`worker evaluate` scores what was trained, and `orchestrator evaluations` compares it",
  .serialized)
struct EvaluationProgramTests {
  /// Two dense runs.
  private static var grid: String {
    let families = Laboratory.grid.range(of: "  moe:")!
    return String(Laboratory.grid[..<families.lowerBound])
      .replacing("budgets: [1e9, 3e9]", with: "budgets: [1e9]")
      .replacing("scale: [1/2, 1, 2]", with: "scale: [1, 2]")
  }

  /// A daemon with two trained runs, whose worker has left.
  private func withTrainedRuns(
    _ body: (Laboratory, String, DaemonClient) async throws -> Void
  ) async throws {
    let laboratory = try Laboratory()
    try await LiveDaemon.serving(laboratory.folder) { url in
      let client = DaemonClient(ClientConfiguration(address: try DaemonAddress(url)))
      _ = try await client.submit(Submission(text: Self.grid, file: "grid.yaml", dryRun: false))
      let worker = try Program(
        "worker", ["--connect", url, "--data", laboratory.folder.path, "--verbose"])
      for _ in 1...2 {
        _ = try #require(await worker.line(containing: "finished at loss"))
      }
      worker.signal(SIGTERM)
      _ = await worker.result()
      try await body(laboratory, url, client)
    }
  }

  @Test("scored, recorded once, compared in pairs")
  func recorded() async throws {
    try await withTrainedRuns { laboratory, url, client in
      let data = ["--data", laboratory.folder.path, "--daemon", url]
      for run in 1...2 {
        let result = try await Program("worker", ["evaluate", "--run", "\(run)"] + data).result()
        #expect(result.code == 0)
        #expect(result.output.contains("words.txt") && result.output.contains("guessing"))
      }
      let rows: [EvaluationRow] = try await client.get("/v1/evaluations")
      #expect(rows.map(\.run) == [1, 1, 2, 2])
      #expect(Set(rows.map(\.suiteSHA256)).count == 2)
      let run = laboratory.folder.appending(path: "runs/1/1")
      let weights = try Data(contentsOf: run.appending(path: "model.safetensors"))
      #expect(rows[0].checkpointSHA256 == SHA256.hex(of: weights))

      // Over all windows: the recorded validation loss was over some of them.
      let recorded = try #require(try await client.runs().first { $0.id == 1 }?.validationLoss)
      let loss = try #require(
        rows[0].scores.first { $0.source == "all" && $0.metric == .loss }?.value)
      #expect(abs(loss - recorded) < 0.2)

      let again = try Program(
        "worker", ["evaluate", run.path, "--suite", "cloze", "--json"] + data)
      #expect(await again.line(containing: "recorded before") != nil)
      let printed = try JSONDecoder().decode(
        [EvaluationSubmission].self, from: Data(await again.result().output.utf8))
      #expect(printed.map(\.suite) == [.cloze])

      let compared = try await Program("orchestrator", ["evaluations", "2", "1", "--url", url])
        .result()
      #expect(compared.code == 0)
      #expect(compared.output.contains("1 − 2"))
      #expect(compared.output.contains("95% interval"))
      let listed = try await Program("orchestrator", ["evaluations", "--url", url, "--json"])
        .result()
      #expect(listed.output.contains("\"accuracy_per_byte\""))
    }
  }

  @Test("a run without a folder, one of another daemon, and weights of another run are refused")
  func refused() async throws {
    try await withTrainedRuns { laboratory, url, _ in
      let data = ["--data", laboratory.folder.path, "--daemon", url]
      let missing = try Program("worker", ["evaluate", "--run", "9"] + data)
      #expect(await missing.line(containing: "there is no") != nil)
      #expect(await missing.result().code == 66)

      let runs = laboratory.folder.appending(path: "runs")
      let stranger = runs.appending(path: "1/2")
      try FileManager.default.createDirectory(at: stranger, withIntermediateDirectories: true)
      for (file, source) in [("spec.json", "2/1"), ("model.safetensors", "1/1")] {
        try FileManager.default.copyItem(
          at: runs.appending(path: "\(source)/\(file)"), to: stranger.appending(path: file))
      }
      let mixed = try Program("worker", ["evaluate", stranger.path, "--suite", "cloze"] + data)
      #expect(await mixed.line(containing: "it is of another run") != nil)
      #expect(await mixed.result().code == 1)

      let other = try Laboratory()
      try await LiveDaemon.serving(other.folder) { url in
        let unknown = try Program(
          "worker",
          [
            "evaluate", "--run", "2", "--suite", "cloze", "--data", laboratory.folder.path,
            "--daemon", url,
          ])
        #expect(await unknown.line(containing: "no run has the spec SHA-256") != nil)
        #expect(await unknown.result().code == 1)
      }
    }
  }
}
