import ArgumentParser
import Foundation
import Registry

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the registry, also while the daemon runs.",
    discussion: """
      One consistent view with everything that is committed, checked and on disk before it has its \
      name: the file is there whole or not at all.
      """)

  @Argument(help: "The copy to make.", completion: .file()) var file: String
  @Flag(help: "Replace the file if it is there.") var replace = false
  @OptionGroup var files: DataOptions

  func run() async throws {
    try await reportingFailures {
      let registry = try files.existingRegistry()
      let started = ContinuousClock.now
      try Registry.backUp(registry, to: file, replacing: replace)
      let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
      Screen.process.result(
        "\(file): \(Quantity.count(bytes?.doubleValue ?? 0))B, verified, in "
          + Quantity.duration(started.duration(to: .now).inSeconds))
    }
  }
}

struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup in the registry's place; the old file is kept beside it.",
    discussion: """
      Refused while a daemon has the registry open. End the workers first as well: what they train was \
      leased by a history that is gone.
      """)

  @Argument(help: "The backup.", completion: .file()) var file: String
  @OptionGroup var files: DataOptions

  func run() async throws {
    try await reportingFailures {
      let registry = files.registry ?? files.place.appending(path: "registry.db").path
      let aside = try Registry.restore(file, to: registry)
      Screen.process.result(
        "\(registry) is restored from \(file)" + (aside.map { "; the old file is \($0)" } ?? ""))
    }
  }
}
