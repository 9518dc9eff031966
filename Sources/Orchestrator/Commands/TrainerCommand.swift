import ArgumentParser
import Client
import Conformance
import Foundation
import Synchronization

struct TrainerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trainer", abstract: "Check a program that trains.", subcommands: [Check.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Hold a trainer to the protocol and say what to mend.",
      discussion: """
        orchestrator trainer check native
        orchestrator trainer check --grace 30 torchrun --nproc-per-node 2 /opt/trainers/train.py

        Starts the command eight times as a worker would, on a small model and corpus of its own: \
        undisturbed, ended by SIGTERM, resumed and killed, resumed again, diverging, and given what \
        cannot be trained. docs/trainer.md has the protocol. Exit code 1 when a promise is broken.
        """)

    @Option(help: "Steps of a run: more for a trainer that seldom tells its steps.") var steps = 200
    @Option(help: "Seconds that it may take to leave after SIGTERM, as `worker --grace`.")
    var grace = 5.0
    @Option(help: "Seconds without an event after which it counts as hung.") var silence = 120.0
    @Flag(help: "Ask for the very same loss of an interrupted run as of an undisturbed one.")
    var exact = false
    @Option(
      help: ArgumentHelp(
        "Work here and leave specs and logs; in a temporary folder otherwise.", valueName: "folder"))
    var keep: String?
    @Flag(help: "Print JSON.") var json = false
    @Argument(
      parsing: .captureForPassthrough,
      help: "The program and its arguments; `native` is the trainer that comes with this program.")
    var command: [String]

    func validate() throws {
      guard steps >= 20 else { throw ValidationError("--steps \(steps): write 20 or more") }
      for (name, value) in [("grace", grace), ("silence", silence)] {
        guard value.isFinite, value > 0 else {
          throw ValidationError("--\(name) \(value): write seconds above 0")
        }
      }
    }

    func run() async throws {
      try await reportingFailures {
        let findings = try await inWorkFolder { folder in
          try await check(in: folder)
        }
        Screen.process.clearProgress()
        let conforms = !findings.contains { $0.verdict == .failed }
        if json {
          Screen.process.result(
            try PrettyJSON.text(Result(conforms: conforms, command: command, checks: findings)))
        } else {
          Screen.process.result(findings.rendered)
        }
        if !conforms { throw ExitCode(CommandFailure.Code.refused.rawValue) }
      }
    }

    /// What `--json` prints.
    private struct Result: Encodable {
      var conforms: Bool
      var command: [String]
      var checks: [Finding]
    }

    private func check(in folder: URL) async throws -> [Finding] {
      let settings = ConformanceSettings(
        steps: steps, grace: .seconds(grace), silence: .seconds(silence), exact: exact)
      let attempts = Mutex(0)
      return try await ConformanceCheck(
        try words(), settings: settings, environment: Self.environment, folder: folder
      ) { what in
        let attempt = attempts.withLock { count in
          count += 1
          return count
        }
        Screen.process.progress("attempt \(attempt) of 8: \(what)")
      }.run()
    }

    /// The command as it is started.
    private func words() throws -> [String] {
      let words = command.first == "--" ? Array(command.dropFirst()) : command
      guard !words.isEmpty else { throw ValidationError("name the trainer's command") }
      return words == ["native"] ? [try LocalWorker.program().path, "train"] : words
    }

    /// A trainer gets this process's environment without what is meant for its daemon.
    private static var environment: [String: String] {
      var environment = ProcessInfo.processInfo.environment.filter {
        !ConnectionOptions.secretVariables.contains($0.key)
      }
      environment["OMP_NUM_THREADS"] = environment["OMP_NUM_THREADS"] ?? "1"
      return environment
    }

    private func inWorkFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
      if let keep {
        let folder = URL(filePath: keep).standardizedFileURL
        guard !FileManager.default.fileExists(atPath: folder.appending(path: "runs").path) else {
          throw CommandFailure(
            code: .refused, message: "\(keep) has the runs of an earlier check: name another folder")
        }
        return try await body(folder)
      }
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "trainer-check-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      return try await body(folder)
    }
  }
}
