public import Foundation
import Glibc

/// What it takes to start one trainer.
public struct TrainerLaunch: Hashable, Sendable {
  /// The program, by path or by a name on PATH, and its arguments.
  public var command: [String]
  /// The run directory: the trainer's working directory, with its spec and its log.
  public var directory: URL
  /// All of the trainer's environment.
  public var environment: [String: String]
  /// How long a trainer may take to write a checkpoint and leave after SIGTERM.
  public var grace: Duration

  /// A launch whose environment names the run spec, the data folder and the folders of `earlier`
  /// attempts at the run, relative to `directory` and newest first, as the trainer protocol says.
  public init(
    command: [String], directory: URL, data: URL, earlier: [String] = [],
    environment: [String: String], grace: Duration
  ) {
    self.command = command
    self.directory = directory
    self.environment = environment
    self.environment["ORCHESTRATOR_RUN_SPEC"] = directory.appending(path: "spec.json").path
    self.environment["ORCHESTRATOR_DATA"] = data.path
    self.environment["ORCHESTRATOR_EARLIER_ATTEMPTS"] =
      earlier.isEmpty ? nil : earlier.joined(separator: ":")
    self.grace = grace
  }

  /// Standard error of the trainer.
  public var log: URL { directory.appending(path: "trainer.log") }

  /// The program's full path: relative to this process's folder when it has a slash, since the
  /// trainer starts in another one; else the first match on the trainer's PATH.
  var program: String? {
    guard let name = command.first, !name.isEmpty else { return nil }
    if name.hasPrefix("/") { return name }
    if name.contains("/") { return "\(FileManager.default.currentDirectoryPath)/\(name)" }
    return (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
      .map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }
}
