import Corpus
import Experiment
import Foundation
import Testing
import Wire

@testable import Trainer

@Suite("An interrupted run", .timeLimit(.minutes(5)))
struct InterruptedRunTests {
  /// What a run printed at each step, and its last event without the times.
  private struct Record: Equatable {
    var steps: [Int: TrainerEvent] = [:]
    var evaluations: [Int: TrainerEvent] = [:]
    var finished: TrainerEvent.Finished?

    init(_ events: [TrainerEvent]) {
      for event in events {
        switch event {
        case .step(let step): steps[step.step] = event
        case .eval(let eval): evaluations[eval.step] = event
        case .finished(var last):
          (last.seconds, last.cpuSeconds) = (nil, nil)
          finished = last
        case .started, .checkpoint, .metric, .diverged: break
        }
      }
    }
  }

  /// One run that nothing interrupts and nothing saves: its record, and its final weights' file.
  private static func undisturbed(
    _ folder: CorpusFolder, _ environment: [String: String]
  ) throws -> (Record, Data) {
    let place = folder.data.appending(path: "undisturbed")
    let program = try TrainerProgram(
      in: place, environment: environment, ["--checkpoint-minutes", "0"])
    let record = Record(try program.events())
    #expect(program.end() == .code(0))
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == [weights])
    return (record, try Data(contentsOf: place.appending(path: weights)))
  }

  private static let weights = "model.safetensors"

  @Test("killed fifty times at random moments, it ends in the same bits as an undisturbed one")
  func killed() async throws {
    try await onOwnThread {
      let folder = try CorpusFolder()
      let spec = TinyLanguage.spec(steps: 1000, corpus: folder.corpus.sha256)
      let environment = try folder.environment(for: spec)
      let (expected, weights) = try Self.undisturbed(folder, environment)
      var generator = Xoshiro256(seed: 50)
      let place = folder.data.appending(path: "killed")
      let options = ["--checkpoint-minutes", "0", "--checkpoint-steps", "3"]
      var firstSteps: [Int] = []
      for attempt in 1...50 {
        let program = try TrainerProgram(in: place, environment: environment, options)
        let events = try program.events(Int.random(in: 0...7, using: &generator))
        program.signal(SIGKILL)
        #expect(program.end() == .signal(SIGKILL), "attempt \(attempt)")
        let record = Record(events)
        #expect(record.steps.allSatisfy { expected.steps[$0.key] == $0.value })
        #expect(record.evaluations.allSatisfy { expected.evaluations[$0.key] == $0.value })
        if case .started(let started)? = events.first { firstSteps.append(started.firstStep) }
      }
      #expect(firstSteps == firstSteps.sorted() && firstSteps.last ?? 0 > 0)
      let last = try TrainerProgram(in: place, environment: environment)
      #expect(Record(try last.events()) == expected)
      #expect(last.end() == .code(0))
      #expect(try Data(contentsOf: place.appending(path: Self.weights)) == weights)
    }
  }
  @Test("asked to leave, it saves itself, exits 75, and a later attempt ends in the same bits")
  func asked() async throws {
    try await onOwnThread {
      let folder = try CorpusFolder()
      let spec = TinyLanguage.spec(steps: 1000, corpus: folder.corpus.sha256)
      var environment = try folder.environment(for: spec)
      let (expected, weights) = try Self.undisturbed(folder, environment)
      let run = folder.data.appending(path: "asked")

      let first = try TrainerProgram(in: run.appending(path: "1"), environment: environment)
      var events = try first.events(20)
      first.signal(SIGTERM)
      events += try first.events()
      #expect(first.end() == .code(75))
      guard case .checkpoint(let checkpoint)? = events.last else {
        Issue.record("the last event is \(String(describing: events.last))")
        return
      }
      #expect(checkpoint.path == "checkpoints/\(checkpoint.step).safetensors")

      environment["ORCHESTRATOR_EARLIER_ATTEMPTS"] = "../1"
      let second = try TrainerProgram(in: run.appending(path: "2"), environment: environment)
      let rest = try second.events()
      #expect(second.end() == .code(0))
      guard case .started(let started)? = rest.first else {
        Issue.record("the first event is \(String(describing: rest.first))")
        return
      }
      #expect(started.firstStep == checkpoint.step)
      #expect(started.environment["resumed_from"] == "../1/\(checkpoint.path)")
      // What the first attempt said is said again.
      #expect(Record(rest) == expected)
      #expect(
        try Data(contentsOf: run.appending(path: "2/\(Self.weights)")) == weights)
    }
  }
}
