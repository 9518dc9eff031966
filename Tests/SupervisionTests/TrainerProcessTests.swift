import Foundation
import Glibc
import Testing
import Wire

@testable import Supervision

@Suite("Supervising a real process", .timeLimit(.minutes(1)))
struct TrainerProcessTests {
  @Test("a well-behaved trainer's events arrive in order and its result is the outcome")
  func wellBehaved() async throws {
    let trainer = try FakeTrainer(
      """
      echo '\(FakeTrainer.startedLine)'
      for step in 1 2 3; do echo '{"event":"step","step":'$step',"tokens":8,"loss":5}'; done
      echo '\(FakeTrainer.finishedLine)'
      """)
    let outcome = await trainer.run()
    #expect(outcome == .finished(.init(loss: 4.5, tokens: 8, flops: 100)))
    #expect(trainer.seen.count == 5)
    #expect(trainer.seen.first == .started(.init(parameters: 10, activeParameters: 5)))
    let steps = trainer.seen.compactMap { if case .step(let step) = $0 { step.step } else { nil } }
    #expect(steps == [1, 2, 3])
  }

  @Test("it runs in its run directory, in its own group, with its spec and data named")
  func surroundings() async throws {
    let trainer = try FakeTrainer(
      """
      { pwd; echo "$ORCHESTRATOR_RUN_SPEC"; echo "$ORCHESTRATOR_DATA"; echo "$1"
        ps -o pgid= -p $$; cat; ls /proc/self/fd | tr '\\n' ' '; } >&2
      exit 4
      """)
    guard case .failed(let failure) = await trainer.run() else { fatalError() }
    let log = try String(contentsOf: trainer.launch.log, encoding: .utf8)
      .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let directory = trainer.launch.directory.path
    #expect(log.prefix(4) == [directory, "\(directory)/spec.json", "/the/data", "an argument"])
    #expect(Int32(log[4]).map { $0 != getpgrp() } == true)
    // The three standard ones and the folder that `ls` reads: nothing of the worker's leaks in.
    #expect(log[5] == "0 1 2 3")
    #expect(failure.kind == .code)
    #expect(failure.message.hasPrefix("exited with code 4; its log ends:\n"))
  }

  @Test(
    "a crash, a signal, an exit without `finished` and a foreign line are failures of their kind")
  func failures() async throws {
    let scripts: [(String, FailureClass, String)] = [
      ("echo out of memory >&2; exit 3", .code, "out of memory"),
      ("kill -SEGV $$", .signal, "signal 11"),
      ("echo '\(FakeTrainer.startedLine)'", .code, "no `finished`"),
      ("echo 'loss is 3'; exec sleep 1000", .protocol, "loss is 3"),
      ("head -c 1000000 /dev/zero | tr '\\0' x; exec sleep 1000", .protocol, "65536 bytes"),
    ]
    for (script, kind, words) in scripts {
      let outcome = try await FakeTrainer(script).run()
      guard case .failed(let failure) = outcome else { return #expect(Bool(false), "\(outcome)") }
      #expect(failure.kind == kind)
      #expect(failure.message.contains(words), "\(failure.message)")
    }
  }

  @Test("what cannot be started says why")
  func notStarted() async throws {
    let trainer = try FakeTrainer("exit 0")
    for (program, words) in [
      ("/no/such/program", "No such file"), (trainer.launch.directory.path, "Permission denied"),
      ("no-such-program", "no program `no-such-program` on PATH"),
    ] {
      var launch = trainer.launch
      launch.command = [program]
      let outcome = await TrainerProcess(launch, deliver: { _ in }).run()
      guard case .failed(let failure) = outcome else { fatalError("\(outcome)") }
      #expect(failure.kind == .start)
      #expect(failure.message.contains(words), "\(failure.message)")
    }
  }

  @Test("a program is found on PATH, by its full path, or relative to the worker's folder")
  func programs() throws {
    var launch = try FakeTrainer("exit 0").launch
    for (name, path) in [
      ("sh", "/usr/bin/sh"), ("/opt/run", "/opt/run"),
      ("bin/run", "\(FileManager.default.currentDirectoryPath)/bin/run"),
    ] {
      launch.command = [name]
      #expect(launch.program == path)
    }
  }

  @Test("when its guard is killed a trainer ends too")
  func guardKilled() async throws {
    let trainer = try FakeTrainer(
      "echo $PPID > guard; echo $$ > child; echo '\(FakeTrainer.startedLine)'; exec sleep 1000")
    let outcome = await trainer.run { trainer in
      guard let number = try? self.number("guard", of: trainer) else { return }
      kill(number, SIGKILL)
    }
    guard case .failed(let failure) = outcome else { return #expect(Bool(false), "\(outcome)") }
    #expect(failure.kind == .signal)
    await waitForEnd(of: try child(of: trainer))
  }

  @Test("divergence and a checkpoint are outcomes, not crashes")
  func outcomes() async throws {
    let diverging = try FakeTrainer(
      #"echo '{"event":"diverged","step":3,"reason":"loss is not a number"}'; exit 1"#)
    #expect(await diverging.run() == .diverged(.init(step: 3, reason: "loss is not a number")))
    let leaving = try FakeTrainer(
      """
      trap 'echo "{\\"event\\":\\"checkpoint\\",\\"step\\":2,\\"path\\":\\"c/2\\"}"; exit 75' TERM
      echo '\(FakeTrainer.startedLine)'
      while :; do sleep 0.05; done
      """)
    let outcome = await leaving.run { $0.release() }
    #expect(outcome == .released(reason: "the worker leaves"))
    #expect(leaving.seen.last == .checkpoint(.init(step: 2, path: "c/2")))
  }

  @Test("asked for a checkpoint, a trainer that can be asked writes one and goes on")
  func checkpointOnRequest() async throws {
    let trainer = try FakeTrainer(
      """
      trap 'echo "{\\"event\\":\\"checkpoint\\",\\"step\\":2,\\"path\\":\\"c/2\\"}"; asked=1' USR1
      echo '\(FakeTrainer.ableLine)'
      until [ "$asked" ]; do sleep 0.01; done
      echo '\(FakeTrainer.finishedLine)'
      """)
    let outcome = await trainer.run { $0.requestCheckpoint() }
    #expect(outcome == .finished(.init(loss: 4.5, tokens: 8, flops: 100)))
    #expect(trainer.seen.dropFirst().first == .checkpoint(.init(step: 2, path: "c/2")))
  }

  @Test("one that did not say so gets no signal, which would end it")
  func checkpointNotUnderstood() async throws {
    let trainer = try FakeTrainer(
      """
      trap 'exit 75' TERM
      echo '\(FakeTrainer.startedLine)'
      while :; do sleep 0.01; done
      """)
    let outcome = await trainer.run {
      $0.requestCheckpoint()
      $0.release()
    }
    #expect(outcome == .released(reason: "the worker leaves"))
  }

  static let stubborn = """
    trap '' TERM
    sleep 1000 &
    echo $! > child
    echo '\(FakeTrainer.startedLine)'
    wait; wait
    """

  @Test("a trainer that ignores SIGTERM is killed after its grace, with all that it started")
  func graceOver() async throws {
    let trainer = try FakeTrainer(Self.stubborn, grace: .milliseconds(100))
    let outcome = await trainer.run { $0.release() }
    #expect(outcome == .released(reason: "the worker leaves"))
    await waitForEnd(of: try child(of: trainer))
  }

  @Test("stopping does not wait for the grace")
  func stop() async throws {
    let trainer = try FakeTrainer(Self.stubborn)
    let outcome = await trainer.run {
      $0.release()
      $0.stop()
    }
    #expect(outcome == .released(reason: "the run was cancelled"))
    await waitForEnd(of: try child(of: trainer))
  }

  @Test("what a trainer leaves behind ends with it")
  func leftovers() async throws {
    let trainer = try FakeTrainer(
      "sleep 1000 & echo $! > child; echo '\(FakeTrainer.finishedLine)'")
    #expect(await trainer.run() == .finished(.init(loss: 4.5, tokens: 8, flops: 100)))
    await waitForEnd(of: try child(of: trainer))
  }

  @Test("sixteen trainers side by side do not hold each other's pipes open")
  func sideBySide() async throws {
    let trainers = try (0..<16).map { _ in
      try FakeTrainer("echo '\(FakeTrainer.startedLine)'; echo '\(FakeTrainer.finishedLine)'")
    }
    await withTaskGroup(of: Outcome.self) { group in
      for trainer in trainers { group.addTask { await trainer.run() } }
      for await outcome in group {
        #expect(outcome == .finished(.init(loss: 4.5, tokens: 8, flops: 100)))
      }
    }
  }

  private func child(of trainer: FakeTrainer) throws -> Int32 { try number("child", of: trainer) }

  private func number(_ file: String, of trainer: FakeTrainer) throws -> Int32 {
    let text = try String(
      contentsOf: trainer.launch.directory.appending(path: file), encoding: .utf8)
    return try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
  }
}
