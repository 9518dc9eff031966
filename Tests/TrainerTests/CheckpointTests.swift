import Experiment
import Foundation
import Synchronization
import Testing
import Wire

@testable import Trainer

@Suite("Checkpoints")
struct CheckpointTests {
  private static let spec = TinyLanguage.spec(steps: 30)
  private static let environment = ["isa": "here", "version": "1"]

  /// Trains in `place` until `stop` steps are done, saving every five; returns what was said.
  private func train(
    _ place: Place, spec: RunSpec = spec, earlier: [String] = [],
    environment: [String: String] = environment,
    policy: CheckpointPolicy = .init(steps: 5, seconds: nil), stop: Int = .max
  ) throws -> (ending: TrainingProcess.Ending, events: [TrainerEvent], log: [String]) {
    var events: [TrainerEvent] = []
    var log: [String] = []
    let checkpoints = Checkpoints(
      CheckpointFolder(directory: place.folder, earlier: earlier), policy: policy, spec: spec,
      environment: environment, clock: .stopped, log: { log.append($0) })
    let ending = try TinyLanguage.process(spec).train(
      saving: checkpoints,
      asked: {
        if case .step(let step)? = events.last(where: \.isStep), step.step >= stop {
          .leave
        } else {
          .goOn
        }
      }
    ) { events.append($0) }
    return (ending, events, log)
  }

  private func started(_ events: [TrainerEvent]) throws -> TrainerEvent.Started {
    guard case .started(let started)? = events.first else { throw CocoaError(.featureUnsupported) }
    return started
  }

  /// The end of an undisturbed run: its last events and weights.
  private func undisturbed() throws -> (events: ArraySlice<TrainerEvent>, weights: Data) {
    let place = try Place()
    let events = try train(place, policy: .init(steps: nil, seconds: nil)).events
    return (events.suffix(3), try place.data("model.safetensors"))
  }

  @Test(
    "are written at their interval, each announced once it is there, and the newest two are kept")
  func written() throws {
    let place = try Place()
    let (ending, events, log) = try train(place)
    #expect(ending == .finished)
    let steps = events.compactMap {
      if case .checkpoint(let event) = $0 { event.step } else { nil }
    }
    #expect(steps == [5, 10, 15, 20, 25])
    #expect(
      try place.contents
        == [
          "checkpoints", "checkpoints/20.safetensors", "checkpoints/25.safetensors",
          "model.safetensors",
        ])
    #expect(log.isEmpty)
  }

  @Test("are due by steps or by time, whichever comes first")
  func due() {
    let policy = CheckpointPolicy(steps: 10, seconds: 60)
    #expect(!policy.isDue(steps: 9, seconds: 59))
    #expect(policy.isDue(steps: 10, seconds: 0) && policy.isDue(steps: 1, seconds: 60))
    #expect(!CheckpointPolicy(steps: nil, seconds: nil).isDue(steps: 99, seconds: 1e9))
  }

  @Test("a run that was stopped goes on to the same end", arguments: [1, 7, 20, 29])
  func resumed(stop: Int) throws {
    let expected = try undisturbed()
    let place = try Place()
    #expect(try train(place, stop: stop).ending == .saved)
    let (ending, events, log) = try train(place)
    #expect(ending == .finished)
    #expect(try started(events).firstStep == stop)
    #expect(events.suffix(3) == expected.events)
    #expect(try place.data("model.safetensors") == expected.weights)
    #expect(log == ["resumes after step \(stop), from checkpoints/\(stop).safetensors"])
  }

  @Test(
    "a torn, foreign, older or changed one is refused by name, and the one before is used",
    arguments: Damage.allCases)
  func refused(damage: Damage) throws {
    let expected = try undisturbed()
    let place = try Place()
    _ = try train(place, stop: 20)
    try damage.apply(to: place.folder.appending(path: "checkpoints/20.safetensors"))
    let (_, events, log) = try train(place)
    #expect(
      log.first?.hasPrefix(
        "refuses the checkpoint checkpoints/20.safetensors: \(damage.message)") == true, "\(log)")
    #expect(log.last == "resumes after step 15, from checkpoints/15.safetensors")
    #expect(try started(events).firstStep == 15)
    #expect(events.suffix(3) == expected.events)
    #expect(try place.data("model.safetensors") == expected.weights)
  }

  @Test("when none is left the run starts from scratch, and says so")
  func scratch() throws {
    let place = try Place()
    let other = TinyLanguage.spec(steps: 30, seed: 2)
    _ = try train(place, spec: other, policy: .init(steps: 4, seconds: nil), stop: 9)
    let (_, events, log) = try train(place)
    #expect(log.count == 3 && log.last == "no other checkpoint is left: starts from scratch")
    let digest = SHA256.hex(of: other.canonical)
    #expect(
      log.dropLast().allSatisfy { $0.contains("it is of another run") && $0.contains(digest) })
    #expect(try started(events).firstStep == 0)
    #expect(events.suffix(3) == (try undisturbed().events))
    // They are another run's: nothing here deletes them.
    #expect(try place.contents.contains("checkpoints/9.safetensors"))
  }

  @Test("the newest of all attempts is used, and what it makes superfluous goes")
  func attempts() throws {
    let run = try Place()
    let (first, second) = (try run.place("1"), try run.place("2"))
    _ = try train(first, stop: 12)
    let (_, events, _) = try train(second, earlier: ["../1"], stop: 22)
    let start = try started(events)
    #expect(start.firstStep == 12)
    #expect(start.environment["resumed_from"] == "../1/checkpoints/12.safetensors")
    #expect(try first.contents == ["checkpoints"])
    #expect(
      try second.contents
        == ["checkpoints", "checkpoints/17.safetensors", "checkpoints/22.safetensors"])
  }

  @Test("a resume on another machine or by another version is allowed, and flagged")
  func moved() throws {
    let place = try Place()
    _ = try train(place, stop: 10)
    let (_, events, log) = try train(place, environment: ["isa": "there", "version": "1"])
    let start = try started(events)
    #expect(start.environment["isa"] == "there" && start.environment["resumed_isa"] == "here")
    #expect(start.environment["resumed_version"] == nil)
    #expect(log.contains { $0.hasPrefix("it was written with isa here, and this is there") })
  }

  @Test("one that cannot be written is told, and the training goes on")
  func unwritable() throws {
    let place = try Place()
    try Data().write(to: place.folder.appending(path: "checkpoints"))
    let (ending, events, log) = try train(place)
    #expect(ending == .finished)
    #expect(events.suffix(3) == (try undisturbed().events))
    #expect(log.count == 5 && log.allSatisfy { $0.contains("the training goes on") })
    guard case .lost = try train(place, stop: 10).ending else {
      Issue.record("a run that could not be saved was left as if it were")
      return
    }
  }

  @Test("what a killed trainer left unfinished is cleared away, and never read")
  func unfinished() throws {
    let place = try Place()
    let checkpoints = place.folder.appending(path: "checkpoints")
    try FileManager.default.createDirectory(at: checkpoints, withIntermediateDirectories: true)
    try Data("half".utf8).write(to: checkpoints.appending(path: "9.safetensors.partial"))
    let (_, events, log) = try train(place)
    #expect(try started(events).firstStep == 0)
    #expect(log.isEmpty)
    #expect(try !place.contents.contains { $0.hasSuffix(".partial") })
  }

  @Test("numbers survive to the bit")
  func state() throws {
    var state = TrainingState(TinyLanguage.spec().architecture)
    state.step = 7
    state.record.add(wall: 0.1, cpu: 1e-300)
    state.average.add(loss: 1 / 3, gradientNorm: .leastNonzeroMagnitude, maxOverMean: .pi)
    state.balance.add([[5, 0, 0, 0, 0, 0, 3, 0]])
    state.told = state.balance.close(after: 7, firstBlock: 1)
    state.balance.add([[1, 2, 3, 4, 5, 6, 7, 8]])
    #expect(TrainingState(json: state.json) == state)
    #expect(TrainingState(json: "{}") == nil)
  }
}

extension TrainerEvent {
  fileprivate var isStep: Bool { if case .step = self { true } else { false } }
}

/// What can happen to a checkpoint.
enum Damage: CaseIterable {
  case empty, cutInHeader, cutInNumbers, longer, changedNumber, changedState, olderLayout
  case weightsOnly, text

  func apply(to url: URL) throws {
    var data = try Data(contentsOf: url)
    switch self {
    case .empty: data = Data()
    case .cutInHeader: data = data.prefix(100)
    case .cutInNumbers: data = data.dropLast(4)
    case .longer: data += [0, 0, 0, 0]
    case .changedNumber: data[data.count - 1000] ^= 1
    case .changedState: data.replace("\\\"step\\\":20", with: "\\\"step\\\":10")
    case .olderLayout:
      data.replace("\"orchestrator_checkpoint\":\"2\"", with: "\"orchestrator_checkpoint\":\"1\"")
    case .weightsOnly:
      data.replace("\"orchestrator_checkpoint\"", with: "\"orchestrator_checkpoinT\"")
    case .text: data = Data("This is no checkpoint, it is a note.".utf8)
    }
    try data.write(to: url)
  }

  var message: String {
    switch self {
    case .empty: "it is torn: 0 bytes are there"
    case .cutInHeader: "it is torn: 100 bytes are there"
    case .cutInNumbers, .longer: "it is torn:"
    case .changedNumber, .changedState: "it is damaged:"
    case .olderLayout: "it has layout 1, and this program reads layout 2"
    case .weightsOnly: "it is no checkpoint"
    case .text: "it is no Safetensors file"
    }
  }
}

extension Data {
  fileprivate mutating func replace(_ old: String, with new: String) {
    replaceSubrange(range(of: Data(old.utf8))!, with: Data(new.utf8))
  }
}
