import Corpus
import Experiment
import Foundation
import Testing
import Wire

@testable import Trainer

extension TrainerEvent {
  /// The step that it tells of.
  fileprivate var stepsDone: Int? {
    switch self {
    case .step(let event): event.step
    case .eval(let event): event.step
    case .checkpoint(let event): event.step
    case .metric(let event): event.step
    case .warning(let event): event.step
    case .started, .finished, .diverged: nil
    }
  }
}

@Suite("An interrupted run", .timeLimit(.minutes(5)))
struct InterruptedRunTests {
  /// What a run printed at each step, and its last event without the times.
  private struct Record: Equatable {
    var steps: [Int: TrainerEvent] = [:]
    var evaluations: [Int: TrainerEvent] = [:]
    /// By step and name.
    var metrics: [String: TrainerEvent] = [:]
    var warnings: [Int: TrainerEvent] = [:]
    var finished: TrainerEvent.Finished?

    init(_ events: [TrainerEvent]) {
      for event in events {
        switch event {
        case .step(let step): steps[step.step] = event
        case .eval(let eval): evaluations[eval.step] = event
        case .finished(var last):
          (last.seconds, last.cpuSeconds) = (nil, nil)
          finished = last
        case .metric(let metric): metrics["\(metric.step ?? 0) \(metric.name)"] = event
        case .warning(let warning): warnings[warning.step] = event
        case .started, .checkpoint, .diverged: break
        }
      }
    }
  }

  /// One life of the program.
  private struct Attempt: Sendable {
    var events: [TrainerEvent]
    var end: TrainerProgram.End
    /// Whether it left a checkpoint that it had not written to its end.
    var leftUnfinished: Bool
    /// The final weights' file, when it left one.
    var weights: Data?

    /// Starts the program in `folder` and reads until `count` events are new, not said again; then
    /// sends `signal`, if any, reads what is left unless the signal allows no more, and waits for the
    /// end. When it is to strike `inWriting`, it reads on until it sees an unfinished file, or for
    /// twelve events.
    init(
      in folder: URL, _ environment: [String: String], _ options: [String] = [],
      events count: Int = .max, signal: Int32? = nil, inWriting: Bool = false
    ) throws {
      let program = try TrainerProgram(in: folder, environment: environment, options)
      events = []
      var (news, first) = (0, 0)
      while news < count, let event = try program.event() {
        events.append(event)
        if case .started(let started) = event { first = started.firstStep }
        if event.stepsDone.map({ $0 > first }) ?? true { news += 1 }
      }
      var patience = inWriting ? 12 : 0
      while patience > 0, !Self.isWriting(in: folder), let event = try program.event() {
        events.append(event)
        patience -= 1
      }
      if let signal { program.signal(signal) }
      while signal != SIGKILL, let event = try program.event() { events.append(event) }
      end = program.end()
      leftUnfinished = Self.isWriting(in: folder)
      weights = try? Data(contentsOf: folder.appending(path: "model.safetensors"))
    }

    private static func isWriting(in folder: URL) -> Bool {
      let checkpoints = folder.appending(path: "checkpoints").path
      let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []
      return names.contains { $0.hasSuffix(".partial") }
    }

    var started: TrainerEvent.Started? {
      if case .started(let started)? = events.first { started } else { nil }
    }
  }

  /// Two thousand steps of a small model on a corpus of its own, and a folder to work in.
  private static func prepare() throws -> (CorpusFolder, environment: [String: String]) {
    let folder = try CorpusFolder()
    let spec = TinyLanguage.spec(steps: 2000, corpus: folder.corpus.sha256)
    return (folder, try folder.environment(for: spec))
  }

  private static let unsaved = ["--checkpoint-minutes", "0"]

  @Test("killed fifty times at random moments, it ends in the same bits as an undisturbed one")
  func killed() async throws {
    let attempts = try await onOwnThread {
      let (folder, environment) = try Self.prepare()
      var generator = Xoshiro256(seed: 50)
      let place = folder.data.appending(path: "killed")
      let killed = try (0..<50).map { number in
        try Attempt(
          in: place, environment, Self.unsaved + ["--checkpoint-steps", "3"],
          events: Int.random(in: 0...7, using: &generator), signal: SIGKILL,
          inWriting: number % 2 == 1)
      }
      let undisturbed = folder.data.appending(path: "undisturbed")
      return killed + [
        try Attempt(in: place, environment),
        try Attempt(in: undisturbed, environment, Self.unsaved),
      ]
    }
    let (killed, last, undisturbed) = (attempts.prefix(50), attempts[50], attempts[51])
    let expected = Record(undisturbed.events)
    for (number, attempt) in killed.enumerated() {
      #expect(attempt.end == .signal(SIGKILL), "attempt \(number)")
      let record = Record(attempt.events)
      #expect(record.steps.allSatisfy { expected.steps[$0.key] == $0.value })
      #expect(record.evaluations.allSatisfy { expected.evaluations[$0.key] == $0.value })
      #expect(record.metrics.allSatisfy { expected.metrics[$0.key] == $0.value })
      #expect(record.warnings.allSatisfy { expected.warnings[$0.key] == $0.value })
    }
    let firstSteps = killed.compactMap(\.started?.firstStep)
    #expect(firstSteps == firstSteps.sorted())
    #expect(Set(firstSteps).count > 20)
    #expect(killed.contains { $0.leftUnfinished })

    #expect(undisturbed.end == .code(0) && undisturbed.started?.firstStep == 0)
    #expect(expected.metrics.count == 20 * 4)
    #expect(last.end == .code(0) && last.started?.firstStep ?? 0 > 0)
    #expect(Record(last.events) == expected)
    #expect(last.weights != nil && last.weights == undisturbed.weights)
  }

  @Test("asked to leave, it saves itself, exits 75, and a later attempt ends in the same bits")
  func asked() async throws {
    let attempts = try await onOwnThread {
      let (folder, environment) = try Self.prepare()
      let run = folder.data.appending(path: "asked")
      let earlier = environment.merging(["ORCHESTRATOR_EARLIER_ATTEMPTS": "../1"]) { $1 }
      return [
        try Attempt(in: run.appending(path: "1"), environment, events: 20, signal: SIGTERM),
        try Attempt(in: run.appending(path: "2"), earlier),
        try Attempt(in: folder.data.appending(path: "undisturbed"), environment, Self.unsaved),
      ]
    }
    let (first, second, undisturbed) = (attempts[0], attempts[1], attempts[2])
    #expect(first.end == .code(75) && first.weights == nil)
    guard case .checkpoint(let checkpoint)? = first.events.last else {
      Issue.record("the last event is \(String(describing: first.events.last))")
      return
    }
    #expect(checkpoint.path == "checkpoints/\(checkpoint.step).safetensors")

    #expect(second.end == .code(0))
    #expect(second.started?.firstStep == checkpoint.step)
    #expect(second.started?.environment["resumed_from"] == "../1/\(checkpoint.path)")
    // What the first attempt said is said again.
    #expect(Record(second.events) == Record(undisturbed.events))
    #expect(second.weights != nil && second.weights == undisturbed.weights)
  }

  @Test("asked for a checkpoint by SIGUSR1, it writes one, goes on, and ends in the same bits")
  func askedToSave() async throws {
    let (asked, undisturbed) = try await onOwnThread {
      let (folder, environment) = try Self.prepare()
      return (
        try Attempt(
          in: folder.data.appending(path: "asked"), environment, Self.unsaved, events: 20,
          signal: SIGUSR1),
        try Attempt(in: folder.data.appending(path: "undisturbed"), environment, Self.unsaved)
      )
    }
    #expect(asked.started?.checkpointsOnRequest == true)
    let saved = asked.events.compactMap {
      if case .checkpoint(let event) = $0 { event } else { nil }
    }
    #expect(saved.count == 1 && saved.allSatisfy { $0.step < 2000 })
    #expect(asked.end == .code(0))
    #expect(Record(asked.events) == Record(undisturbed.events))
    #expect(asked.weights != nil && asked.weights == undisturbed.weights)
  }
}
