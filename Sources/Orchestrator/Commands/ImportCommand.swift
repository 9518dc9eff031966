public import ArgumentParser
import Client
import Foundation
public import RunTable
import Wire

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Record runs that were trained elsewhere, from a table; docs/import.md has examples.",
    discussion:
      "Nothing is imported unless every row is right; what is there already is left alone.")

  @Argument(help: "The table: CSV or JSON.", completion: .file()) var file: String
  @Option(help: "The study to import into; made if it is new.") var study: String
  @Option(help: "What to call the runs together; the file's name.") var grid: String?
  @Option(help: "csv, jsonl, wandb or mlflow; by the file's ending.") var format: TableFormat?
  @Option(
    help: ArgumentHelp(
      "What the columns are, as loss=lm_loss,D=tokens_B*1e9; without it, by their names.",
      valueName: "target=column,…"))
  var map: [String] = []
  @Option(
    help: ArgumentHelp("Columns that tell architectures apart.", valueName: "column,…"))
  var group: [String] = []
  @Option(
    help: ArgumentHelp(
      "Name of the family, with {column} for a cell; dense or moe, by A.", valueName: "template"))
  var family: String?
  @Option(help: ArgumentHelp("Columns to keep as they are.", valueName: "column,…"))
  var keep: [String] = []
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only rows in which it holds; several may be given.", valueName: "column=value"))
  var conditions: [String] = []
  @Option(help: "How what is missing among N, D, M and C follows: paper, 6N or none.")
  var convention: Convention = .paper
  @Flag(help: "Check the table, print what it holds and change nothing.") var dryRun = false
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    try await reportingFailures {
      let data = try GivenFile.data(at: file)
      let table = RawTable(data, file: file, format: try chosenFormat())
      let result = try read(table)
      let request = ImportRequest(
        source: source(data: data, format: table.format, mapping: result.mapping),
        runs: result.runs, dryRun: dryRun)
      let reply = try await answer(to: request)
      if json { return Screen.process.result(try PrettyJSON.text(reply)) }
      if dryRun { Screen.process.result(result.summary.rendered(width: Screen.process.width)) }
      for note in result.notes { Screen.process.note(note) }
      Screen.process.result(
        """
        study \(study), grid \(request.source.grid): \(reply.runs) runs, \(reply.new) new, \
        \(reply.existing) existing
        """)
    }
  }

  private func chosenFormat() throws -> TableFormat {
    guard let chosen = format ?? TableFormat(file: file) else {
      throw CommandFailure(
        code: .refused, message: "\(file): its ending names no format\n  hint: give --format")
    }
    return chosen
  }

  private func read(_ table: RawTable) throws -> ImportMapping.Result {
    let mapping = ImportMapping(
      assignments: map.flatMap(Self.list), family: family, group: group.flatMap(Self.list),
      keep: keep.flatMap(Self.list), conditions: conditions, convention: convention)
    do {
      return try mapping.runs(of: table)
    } catch {
      throw CommandFailure(code: .refused, message: "nothing is imported\n\(error)")
    }
  }

  private func source(
    data: Data, format: TableFormat, mapping: [String: String]
  ) -> ImportSource {
    let name = URL(filePath: file)
    return ImportSource(
      study: study, grid: grid ?? name.deletingPathExtension().lastPathComponent,
      file: name.lastPathComponent, sha256: SHA256.hex(of: data), format: format.rawValue,
      mapping: mapping, family: family, group: group.flatMap(Self.list),
      keep: keep.flatMap(Self.list), conditions: conditions, convention: convention.rawValue)
  }

  /// The daemon's answer; a dry run that reaches no daemon says what the table holds.
  private func answer(to request: ImportRequest) async throws -> ImportReply {
    do {
      return try await daemon.client().importRuns(request)
    } catch ClientError.unreachable where dryRun && daemon.url == nil {
      Screen.process.note("no daemon: checked here, without looking for existing runs")
      let count = request.runs.count
      return ImportReply(gridID: nil, runs: count, new: count, existing: 0)
    }
  }

  private static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }
}

extension TableFormat: ExpressibleByArgument {}
extension Convention: ExpressibleByArgument {}

extension ImportMapping.Result {
  /// Each number that the runs have: where it comes from, how many have it, and its range.
  fileprivate var summary: TextTable {
    var table = TextTable(["", "from", ">runs", ">least", ">greatest"])
    for quantity in RunQuantity.allCases {
      let values = runs.compactMap { $0.numbers[quantity] }
      guard let least = values.min(), let greatest = values.max() else { continue }
      table.append([
        quantity.rawValue, mapping[quantity.rawValue] ?? "derived", "\(values.count)",
        String(format: "%.5g", least), String(format: "%.5g", greatest),
      ])
    }
    return table
  }

  /// What was left out.
  fileprivate var notes: [String] {
    var notes: [String] = []
    if filtered > 0 { notes.append("\(filtered) rows left out by --where") }
    if unfinished > 0 { notes.append("\(unfinished) rows left out: their runs have not finished") }
    return notes
  }
}
