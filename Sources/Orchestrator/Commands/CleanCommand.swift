import ArgumentParser
import Registry

struct CleanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Show, or delete, what ended runs have left in the data folder.",
    discussion: """
      Logs, checkpoints and weights of runs that have ended, folders that no run of the registry has \
      made, and corpora whose preparation was interrupted. Nothing of a queued or leased run is touched.
      """)

  @Flag(help: "Delete it; without this it is only shown.") var delete = false
  @OptionGroup var retention: RetentionOptions
  @OptionGroup var files: DataOptions
  @Flag(help: "Print JSON.") var json = false

  /// What `--json` prints.
  private struct Result: Encodable {
    var deleted: Bool
    var bytes: Int64
    var artefacts: [Artefact]
  }

  func run() async throws {
    try await reportingFailures {
      let registry = try Registry.openReadOnly(try files.existingRegistry())
      let retention = Retention(data: files.place, registry: registry, limits: retention.limits)
      let now = WallClock.system.now()
      let expired = try await retention.expired(now: now)
      let artefacts = delete ? try await retention.delete(expired) : expired
      try show(artefacts, now: now)
      if delete, artefacts.count < expired.count {
        throw CommandFailure(
          code: .refused,
          message: "\(expired.count - artefacts.count) could not be deleted or are in use again")
      }
    }
  }

  private func show(_ artefacts: [Artefact], now: Int64) throws {
    let bytes = artefacts.reduce(0) { $0 + $1.bytes }
    if json {
      return Screen.process.result(
        try PrettyJSON.text(Result(deleted: delete, bytes: bytes, artefacts: artefacts)))
    }
    guard !artefacts.isEmpty else {
      return Screen.process.result("nothing is older than its limit")
    }
    Screen.process.result(
      TextTable.artefacts(artefacts, now: now).rendered(width: Screen.process.width))
    let size = "\(artefacts.count) of them, \(Quantity.count(Double(bytes)))B"
    Screen.process.note(delete ? "deleted \(size)" : "\(size); `--delete` deletes them")
  }
}
