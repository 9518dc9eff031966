import Corpus
import Experiment
import Foundation
import Testing
import Wire

@testable import Trainer

@Suite("The native trainer as a program")
struct NativeTrainerTests {
  @Test("trains the run that its environment names, one event a line")
  func trains() async throws {
    let folder = try CorpusFolder()
    let environment = try folder.environment(
      for: TinyLanguage.spec(steps: 4, corpus: folder.corpus.sha256))
    let before = try folder.contents
    let result = await #expect(
      processExitsWith: .exitCode(0),
      observing: [\.standardOutputContent, \.standardErrorContent]
    ) { [environment = environment as [String: String]] in
      exit(main(environment))
    }
    let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    // The harness writes an empty line or more of its own.
    let lines = output.split(separator: "\n").filter { $0.hasPrefix("{\"") }
    let events = try lines.map {
      try JSONDecoder().decode(TrainerEvent.self, from: Data($0.utf8))
    }
    guard case .started = events.first, case .finished(let finished) = events.last else {
      Issue.record("\(output)")
      return
    }
    #expect(finished.tokens == 4 * 8 * 16)
    #expect(try Set(folder.contents) == Set(before + ["model.safetensors"]))
  }

  @Test("a spec that is no JSON is refused")
  func malformed() async throws {
    let folder = try CorpusFolder()
    try await expectRefusal(
      folder, try folder.environment(json: "{\"trainer\":"), 64, "spec.json is not a run spec")
  }

  @Test("a spec that cannot be built is refused before the corpus is looked for")
  func unbuildable() async throws {
    let folder = try CorpusFolder()
    var spec = TinyLanguage.spec(corpus: "none")
    spec.architecture.topK = 9
    try await expectRefusal(
      folder, try folder.environment(for: spec), 64, "top_k 9 exceeds experts 8")
  }

  @Test("a number out of range is refused by its name")
  func outOfRange() async throws {
    let folder = try CorpusFolder()
    var spec = TinyLanguage.spec(corpus: folder.corpus.sha256)
    spec.optimiser.beta2 = 1
    try await expectRefusal(
      folder, try folder.environment(for: spec), 64, "optimiser.beta2 is 1.0; it must be in [0, 1)")
  }

  @Test("a vocabulary smaller than the corpus's is refused")
  func smallVocabulary() async throws {
    let folder = try CorpusFolder(vocabulary: 40)
    let spec = TinyLanguage.spec(corpus: folder.corpus.sha256)
    try await expectRefusal(
      folder, try folder.environment(for: spec), 64, "set vocab to at least 40")
  }

  @Test("a missing variable is named")
  func missingVariable() async throws {
    let folder = try CorpusFolder()
    try await expectRefusal(folder, [:], 64, "ORCHESTRATOR_RUN_SPEC is not set")
  }

  @Test("a corpus that is not there has a status of its own")
  func noCorpus() async throws {
    let folder = try CorpusFolder()
    let spec = TinyLanguage.spec(corpus: "0000")
    try await expectRefusal(folder, try folder.environment(for: spec), 66, "0000")
  }

  /// Runs the trainer in a process: it must leave with `status` and say `message`, print no event
  /// and change no file.
  private func expectRefusal(
    _ folder: CorpusFolder, _ environment: [String: String], _ status: Int32, _ message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try folder.contents
    let result = await #expect(
      processExitsWith: .failure,
      observing: [\.standardOutputContent, \.standardErrorContent],
      sourceLocation: sourceLocation
    ) { [environment = environment as [String: String]] in
      exit(main(environment))
    }
    let process = try #require(result, sourceLocation: sourceLocation)
    #expect(process.exitStatus == .exitCode(status), sourceLocation: sourceLocation)
    let said = String(decoding: process.standardErrorContent, as: UTF8.self)
    #expect(said.contains(message), sourceLocation: sourceLocation)
    let output = String(decoding: process.standardOutputContent, as: UTF8.self)
    #expect(!output.contains("\"event\""), sourceLocation: sourceLocation)
    #expect(try folder.contents == before, sourceLocation: sourceLocation)
  }
}

/// Trains in the data folder.
private func main(_ environment: [String: String]) -> Int32 {
  NativeTrainer.main(
    environment: environment,
    directory: URL(filePath: environment["ORCHESTRATOR_DATA"] ?? "/nowhere"),
    policy: CheckpointPolicy(), version: "0")
}
