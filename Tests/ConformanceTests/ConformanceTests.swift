import Conformance
import Foundation
import Testing

@Suite("A trainer is held to the protocol", .timeLimit(.minutes(2)))
struct ConformanceTests {
  @Test("the native trainer keeps every promise, an interrupted run's loss to the last bit")
  func native() async throws {
    let program = Bundle.main.bundleURL.appending(path: "worker").path
    let findings = try await PracticeGround().findings(
      of: [program, "train"], exact: true)
    #expect(findings.map(\.promise) == TrainerPromise.allCases)
    for finding in findings { #expect(finding.verdict == .passed, "\(finding)") }
  }

  @Test(
    "the template keeps every promise that it makes, also with fields that nobody knows",
    arguments: [
      PracticeGround.template.path, PracticeGround.trainers.appending(path: "generous.py").path,
    ])
  func template(path: String) async throws {
    let findings = try await PracticeGround().findings(of: ["python3", path], exact: true)
    for finding in findings {
      let expected: Finding.Verdict = finding.promise == .request ? .skipped : .passed
      #expect(finding.verdict == expected, "\(finding)")
    }
  }

  @Test(
    "a wrong trainer fails for what is wrong with it and for nothing else",
    arguments: [
      WrongTrainer("disordered", [.order: "step 2 comes after step 3"]),
      WrongTrainer("deaf", [.sigterm: "after SIGTERM it exited with code 0 after `finished`"]),
      WrongTrainer("slow", [.sigterm: "still running 1.0 s later and had to be killed"]),
      WrongTrainer(
        "forgetful",
        [
          .resume: "`started` says first_step 0", .kill: "`started` says first_step 0",
        ]),
      WrongTrainer(
        "careless",
        [
          .divergence: "no `diverged` event; it exited with code 1",
          .badSpec: "steps = 0 was taken: it exited with code 0",
        ]),
      WrongTrainer("talkative", [.output: "no trainer event: step 3: the loss is"]),
      WrongTrainer("littering", [.leftovers: "(sleep) was still there"]),
    ])
  func wrong(trainer: WrongTrainer) async throws {
    let grace: Duration = trainer.name == "slow" ? .seconds(1) : .seconds(60)
    let findings = try await PracticeGround().findings(
      of: ["python3", trainer.path], grace: grace)
    let failed = findings.filter { $0.verdict == .failed }
    #expect(Set(failed.map(\.promise)) == Set(trainer.faults.keys))
    for finding in failed {
      #expect(finding.why.contains(trainer.faults[finding.promise] ?? "?"), "\(finding)")
      #expect(!finding.promise.remedy.isEmpty)
    }
  }

  @Test("one that cannot be started, and one that prints nothing, say so once")
  func absent() async throws {
    for (command, words) in [
      (["/no/such/program"], "No such file"), (["sleep", "1000"], "printed nothing for 0.2 s"),
    ] {
      let findings = try await PracticeGround().findings(of: command, silence: .milliseconds(200))
      let failed = findings.filter { $0.verdict == .failed }
      #expect(failed.map(\.promise) == [.start])
      #expect(failed.first?.why.contains(words) == true, "\(failed)")
    }
  }
}

/// A fixture that breaks the protocol, and the reasons for which it has to fail.
struct WrongTrainer: CustomTestStringConvertible {
  var name: String
  var faults: [TrainerPromise: String]

  init(_ name: String, _ faults: [TrainerPromise: String]) {
    self.name = name
    self.faults = faults
  }

  var path: String { PracticeGround.trainers.appending(path: "\(name).py").path }
  var testDescription: String { name }
}

/// A folder to check a trainer in, removed with it.
final class PracticeGround {
  static let trainers = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Trainers")
  static let template = trainers.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "trainers/template/train.py")

  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "conformance-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  func findings(
    of command: [String], steps: Int = 100, exact: Bool = false, grace: Duration = .seconds(60),
    silence: Duration = .seconds(60)
  ) async throws -> [Finding] {
    try await ConformanceCheck(
      command,
      settings: ConformanceSettings(
        steps: steps, grace: grace, silence: silence, exact: exact),
      environment: [
        "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
      ], folder: folder
    ).run()
  }
}
