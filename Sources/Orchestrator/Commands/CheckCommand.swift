import ArgumentParser
import Foundation
import Registry

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look for everything that could be wrong with the registry and its files.",
    discussion: """
      SQLite's own checks, the registry's invariants by name, and files of no use under the data folder; \
      beside a live daemon too. Exit code 1 when the registry is damaged or an invariant does not hold; \
      files of no use are told and are no fault.
      """)

  @Flag(help: "Leave out the invariants that unpack every recorded number.") var quick = false
  @Option(help: "Violations to list of each invariant.") var limit = 20
  @OptionGroup var files: DataOptions
  @Flag(help: "Print JSON.") var json = false

  /// What `--json` prints.
  private struct Result: Encodable {
    var sound: Bool
    var registry: Inspection
    var artefacts: [Artefact]
  }

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit is not negative") }
  }

  func run() async throws {
    try await reportingFailures {
      let path = try files.existingRegistry()
      let registry = try Registry.openReadOnly(path)
      let inspection = try await registry.inspect(quick: quick, rowLimit: limit)
      let artefacts = try await useless(registry)
      if json {
        Screen.process.result(
          try PrettyJSON.text(
            Result(sound: inspection.isSound, registry: inspection, artefacts: artefacts)))
      } else {
        Screen.process.result(inspection.rendered(path: path, width: Screen.process.width))
        if !artefacts.isEmpty { Screen.process.result(Artefact.summary(artefacts)) }
      }
      if !inspection.isSound { throw ExitCode(CommandFailure.Code.refused.rawValue) }
    }
  }

  /// What no run needs: folders of no run, checkpoints of ended runs, partial corpora.
  private func useless(_ registry: Registry) async throws -> [Artefact] {
    let scan = ArtefactScan(data: files.place, registry: registry)
    return try await scan.artefacts().filter {
      [.orphan, .checkpoints, .corpus].contains($0.kind)
    }
  }
}
