import ArgumentParser
import Foundation
import RunTable
import Wire

struct ExportCommand: AsyncParsableCommand {
  /// A format that can be written.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case csv, jsonl
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the runs of a study, or the losses of a run, as CSV or JSON lines.")

  @Option(help: "The study whose runs to write.") var study: String?
  @Option(help: ArgumentHelp("Write this run's loss curves instead.", valueName: "run"))
  var losses: Int64?
  @Option(help: "csv or jsonl; by the output's ending, else csv.") var format: Format?
  @Option(help: "The file to write; standard output without it.", completion: .file())
  var output: String?
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "SQL condition on the view runs, as \"state = 'finished'\".", valueName: "condition"))
  var condition: String?
  @OptionGroup var place: AnswerPlace

  func validate() throws {
    guard (study == nil) != (losses == nil) else {
      throw ValidationError("name a study with --study, or a run with --losses")
    }
    guard losses == nil || condition == nil else {
      throw ValidationError("--where chooses runs of a study")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let answers = try place.source()
      let table =
        if let losses {
          try await Self.curves(of: losses, from: answers)
        } else {
          try await Self.runs(study ?? "", where: condition ?? "true", from: answers)
        }
      if table.rows.isEmpty { Screen.process.note("nothing matches") }
      try write(chosenFormat == .csv ? TableWriter.csv(table) : TableWriter.jsonLines(table))
    }
  }

  private var chosenFormat: Format {
    format ?? output.flatMap { Format(rawValue: URL(filePath: $0).pathExtension) } ?? .csv
  }

  private func write(_ text: String) throws {
    guard let output else {
      return FileHandle.standardOutput.write(Data(text.utf8))
    }
    do {
      try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
    } catch {
      throw CommandFailure(
        code: .refused, message: "cannot write \(output)\n  hint: see that its folder exists")
    }
  }

  /// The rows of the view `runs`, page by page: one answer has a limit. A page's last run may go on
  /// in the next one, so it is asked for again.
  private static func runs(
    _ study: String, where condition: String, from answers: any AnswerSource
  ) async throws -> Table {
    let name = study.replacing("'", with: "''")
    var result = Table(columns: [], rows: [])
    var next: Int64 = 0
    while true {
      let page = try await answers.sql(
        """
        SELECT * FROM runs WHERE study = '\(name)' AND id >= \(next) AND (
        \(condition)
        ) ORDER BY id
        """)
      result.columns = page.columns
      guard page.truncated, let last = page.rows.last?.first, case .integer(let id) = last else {
        result.rows += page.rows
        return result
      }
      result.rows += page.rows.prefix { $0.first != last }
      guard id > next else {
        throw CommandFailure(code: .refused, message: "run \(id) is in too many grids to export")
      }
      next = id
    }
  }

  /// The points of the view `losses`.
  private static func curves(of run: Int64, from answers: any AnswerSource) async throws -> Table {
    var table = Table(columns: ["run", "metric", "step", "tokens", "loss"], rows: [])
    for metric in RunQuantity.losses.map(\.rawValue) {
      let series = try await answers.series(run: run, metric: metric)
      for (index, step) in series.steps.enumerated() {
        table.rows.append([
          .integer(run), .text(metric), .integer(Int64(step)),
          series.tokens[index].map { .integer(Int64($0)) } ?? .null, .real(series.values[index]),
        ])
      }
    }
    return table
  }
}
