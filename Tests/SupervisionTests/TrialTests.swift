import Testing
import Wire

@testable import Supervision

@Suite("The trial of a trainer, as a state machine")
struct TrialTests {
  static let finished = TrainerEvent.Finished(loss: 4.5, tokens: 8, flops: 100)
  static let diverged = TrainerEvent.Diverged(step: 3, reason: "not a number")
  static let step = TrainerEvent.step(.init(step: 1, tokens: 8, loss: 5))

  private func trial(printing events: [TrainerEvent] = []) -> Trial {
    var trial = Trial()
    _ = trial.printed(.init(events: events))
    return trial
  }

  @Test("exit 0 is done after `finished`, and a failure without it")
  func exitZero() {
    var done = trial(printing: [.finished(Self.finished)])
    #expect(done.exited(.code(0), log: "") == .finished(Self.finished))
    var silent = trial(printing: [Self.step])
    let outcome = silent.exited(.code(0), log: "the last words")
    guard case .failed(let failure) = outcome else { return #expect(Bool(false), "\(outcome)") }
    #expect(failure.kind == .code)
    #expect(failure.message.contains("no `finished` event"))
    #expect(failure.message.contains("the last words"))
  }

  @Test("exit 75 gives the run back", arguments: [true, false])
  func checkpointed(asked: Bool) {
    var trial = Trial()
    if asked { #expect(trial.release(reason: "leaving") == [.terminate]) }
    let reason = asked ? "leaving" : "checkpointed and left"
    #expect(trial.exited(.code(75), log: "") == .released(reason: reason))
  }

  @Test(
    "a diverged loss is an outcome whatever the exit",
    arguments: [.code(0), .code(1), .code(75), .signal(9)] as [Trial.Exit])
  func divergence(exit: Trial.Exit) {
    var trial = trial(printing: [.diverged(Self.diverged)])
    #expect(trial.exited(exit, log: "") == .diverged(Self.diverged))
  }

  @Test("codes and signals that nobody asked for are failures, `finished` or not")
  func failures() {
    var crash = trial(printing: [.finished(Self.finished)])
    guard case .failed(let code) = crash.exited(.code(3), log: "") else { fatalError() }
    #expect(code == .init(kind: .code, message: "exited with code 3 after its `finished` event"))
    var killed = trial()
    guard case .failed(let signal) = killed.exited(.signal(11), log: "") else { fatalError() }
    #expect(signal == .init(kind: .signal, message: "ended by signal 11"))
    var absent = trial()
    guard case .failed(let start) = absent.exited(.notStarted(reason: "no such file"), log: "")
    else { fatalError() }
    #expect(start == .init(kind: .start, message: "no such file"))
  }

  @Test("a released trainer gets SIGTERM, then SIGKILL when its grace is over, and costs no retry")
  func release() {
    var trial = trial(printing: [Self.step])
    #expect(trial.release(reason: "leaving") == [.terminate])
    #expect(trial.release(reason: "again") == [])
    #expect(trial.printed(.init(events: [Self.step])) == [.deliver([Self.step])])
    #expect(trial.graceElapsed() == [.kill])
    #expect(trial.exited(.signal(9), log: "") == .released(reason: "leaving"))
    #expect(trial.graceElapsed() == [])
  }

  @Test("a trainer that was done when the release came is done")
  func releaseTooLate() {
    var trial = trial(printing: [.finished(Self.finished)])
    #expect(trial.release(reason: "leaving") == [.terminate])
    #expect(trial.exited(.code(0), log: "") == .finished(Self.finished))
  }

  @Test("a stopped trainer is killed at once, also within its grace, and no longer heard")
  func stop() {
    var trial = trial()
    #expect(trial.release(reason: "leaving") == [.terminate])
    #expect(trial.stop(reason: "cancelled") == [.kill])
    #expect(trial.stop(reason: "cancelled") == [])
    #expect(trial.printed(.init(events: [Self.step])) == [])
    #expect(trial.graceElapsed() == [])
    #expect(trial.exited(.signal(9), log: "") == .released(reason: "cancelled"))
  }

  @Test("a checkpoint is asked for only from a running trainer that said it can be asked")
  func checkpoint() {
    for able in [true, false] {
      let started = TrainerEvent.Started(
        parameters: 1, activeParameters: 1, checkpointsOnRequest: able)
      var trial = trial(printing: [.started(started), Self.step])
      #expect(trial.requestCheckpoint() == (able ? [.requestCheckpoint] : []))
      #expect(trial.release(reason: "leaving") == [.terminate])
      #expect(trial.requestCheckpoint() == [])
      #expect(trial.exited(.code(75), log: "") == .released(reason: "leaving"))
      #expect(trial.requestCheckpoint() == [])
    }
    #expect(Trial().requestCheckpoint() == [])
  }

  @Test("a violation delivers what came before it, kills, and wins over every result")
  func violation() {
    var trial = trial(printing: [.finished(Self.finished)])
    let violation = ProtocolViolation.foreign(line: "hello", reason: "the line: no JSON")
    #expect(
      trial.printed(.init(events: [Self.step], violation: violation))
        == [.deliver([Self.step]), .kill])
    #expect(trial.release(reason: "leaving") == [])
    let outcome = trial.exited(.code(0), log: "")
    #expect(outcome == .failed(.init(kind: .protocol, message: violation.description)))
    #expect(trial.exited(.code(1), log: "") == outcome)
  }
}
