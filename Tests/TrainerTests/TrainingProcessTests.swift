import CKernels
import Corpus
import Experiment
import Foundation
import Synchronization
import Testing
import Wire

@testable import Trainer

@Suite("A training process")
struct TrainingProcessTests {
  /// The events and final parameters of one run.
  private func outcome(_ spec: RunSpec) throws -> (events: [TrainerEvent], parameters: [Float]) {
    var events: [TrainerEvent] = []
    let run = try TinyLanguage.process(spec).train { events.append($0) }
    return (events, Array(run.model.parameters.elements))
  }

  @Test("gives the same events and parameters twice, to the bit", arguments: [true, false])
  func reproducible(dense: Bool) throws {
    let spec = TinyLanguage.spec(dense: dense)
    let (first, second) = (try outcome(spec), try outcome(spec))
    #expect(first.events == second.events)
    #expect(first.parameters.map(\.bitPattern) == second.parameters.map(\.bitPattern))
  }

  @Test("gives another result with another seed")
  func seeded() throws {
    let first = try outcome(TinyLanguage.spec(steps: 3))
    let second = try outcome(TinyLanguage.spec(steps: 3, seed: 2))
    #expect(first.parameters != second.parameters)
  }

  @Test("learns: its loss falls far below that of guessing", arguments: [true, false])
  func learns(dense: Bool) throws {
    let events = try outcome(TinyLanguage.spec(dense: dense)).events
    guard case .finished(let finished) = events.last else {
      Issue.record("the last event is not `finished`")
      return
    }
    #expect(finished.loss < 0.6 * log(32))
    #expect(try #require(finished.validationLoss) < 0.6 * log(32))
  }

  @Test("says what it does, in order")
  func events() throws {
    let spec = TinyLanguage.spec()
    let events = try outcome(spec).events
    guard case .started(let started) = events.first, case .finished(let finished) = events.last
    else {
      Issue.record("a run begins with `started` and ends with `finished`")
      return
    }
    #expect(started.parameters == spec.architecture.parameters.total)
    #expect(started.activeParameters == spec.architecture.parameters.active)
    #expect(started.firstStep == 0)
    #expect(started.environment["isa"] != nil && started.environment["onednn"] != nil)

    let steps = events.compactMap { if case .step(let step) = $0 { step } else { nil } }
    #expect(steps.map(\.step) == Array(1...60))
    #expect(steps.allSatisfy { $0.tokens == $0.step * 8 * 16 })
    #expect(steps.allSatisfy { ($0.balance?.maxOverMean ?? 0) >= 1 && $0.balance?.dropped == 0 })
    let evaluations = events.compactMap { if case .eval(let eval) = $0 { eval } else { nil } }
    #expect(evaluations.map(\.step) == [20, 40, 60])

    #expect(finished.tokens == spec.tokens)
    // 249 windows of 16 tokens.
    #expect(started.epochs == Double(spec.tokens) / (249 * 16))
    #expect(finished.epochs == started.epochs)
    #expect(
      finished.flops == Double(spec.architecture.trainingFLOPsPerToken()) * Double(spec.tokens))
    #expect(finished.validationLoss == evaluations.last?.loss)
    // 2 bytes a token.
    #expect(
      try #require(finished.bitsPerByte)
        == (try #require(finished.validationLoss)) / (2 * log(2)))
    #expect(finished.loss == steps.suffix(3).map(\.loss).reduce(0, +) / 3)
  }

  @Test("times its steps by the clock that it is given, evaluation left out")
  func clock() throws {
    let ticks = Atomic(0)
    let tick: @Sendable () -> Double = {
      Double(ticks.add(1, ordering: .relaxed).newValue)
    }
    let clock = TrainingClock(wall: tick, cpu: { 0 })
    var finished: TrainerEvent.Finished?
    try TinyLanguage.process(TinyLanguage.spec(steps: 10), clock: clock).run {
      if case .finished(let event) = $0 { finished = event }
    }
    // Every step reads the clock once before and once after.
    #expect(finished?.seconds == 10)
    #expect(finished?.cpuSeconds == 0)
  }

  @Test("ends as diverged when the learning rate is absurd", arguments: [1e4, 1e30])
  func diverges(learningRate: Double) throws {
    let spec = TinyLanguage.spec(steps: 100, learningRate: learningRate)
    let events = try outcome(spec).events
    guard case .diverged(let diverged) = events.last else {
      Issue.record("the last event is \(String(describing: events.last))")
      return
    }
    #expect(diverged.step < 100)
    #expect(diverged.reason.contains("the loss") || diverged.reason.contains("the gradient"))
    #expect(!events.contains { if case .finished = $0 { true } else { false } })
    for case .step(let step) in events { #expect(step.loss.isFinite) }
  }

  @Test("ends as diverged when the last step leaves no numbers behind")
  func lastStepDiverges() throws {
    let events = try outcome(TinyLanguage.spec(steps: 1, learningRate: 1e39)).events
    #expect(
      events.last == .diverged(.init(step: 1, reason: "the validation loss is not a number")))
    for case .eval(let eval) in events { #expect(eval.loss.isFinite) }
  }

  @Test("stops when its events cannot be delivered")
  func deliveryFails() throws {
    struct Closed: Error {}
    var count = 0
    let process = try TinyLanguage.process(TinyLanguage.spec())
    #expect(throws: Closed.self) {
      try process.run { _ in
        count += 1
        if count == 5 { throw Closed() }
      }
    }
    #expect(count == 5)
  }

  @Test("computes on one thread, on whichever thread it runs")
  func oneThread() async throws {
    let process = try TinyLanguage.process(TinyLanguage.spec(steps: 2))
    let threads = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        // A new thread starts with the machine's count, or here with two.
        ck_set_threads(2)
        process.run { _ in }
        continuation.resume(returning: openMPThreads())
      }
    }
    #expect(threads == 1)
  }

  @Test("refuses a split shorter than one sequence")
  func shortSplit() {
    let spec = TinyLanguage.spec()
    let enough = TokenWindows(tokens: TinyLanguage.tokens(400, vocabulary: 32), seqLen: 16)
    let short = TokenWindows(tokens: TinyLanguage.tokens(16, vocabulary: 32), seqLen: 16)
    #expect(throws: TrainingError.splitTooShort(split: "validation", seqLen: 16)) {
      _ = try TrainingProcess(spec, training: enough, validation: short, bytesPerToken: nil)
    }
  }
}

/// Threads that OpenMP would use in the calling thread.
private func openMPThreads() -> Int32 {
  let symbol = dlsym(nil, "omp_get_max_threads")!
  typealias Function = @convention(c) () -> Int32
  return unsafeBitCast(symbol, to: Function.self)()
}
