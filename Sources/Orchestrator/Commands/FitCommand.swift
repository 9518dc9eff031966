import ArgumentParser
import Client
import ScalingLaws
import Wire

struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit a law to the runs of a study, or to any SQL selection.",
    discussion: """
      orchestrator fit chinchilla --study S
      orchestrator fit clark --study S --by family --map L=validation_loss
      orchestrator fit joint-leverage --study S --hold-out above:6
      orchestrator fit near-optimal --study S --cells N,D
      orchestrator fit isoflop --study S --by family --method akima
      """,
    subcommands: [FitForm.self, FitNearOptimal.self, FitIsoFLOP.self],
    defaultSubcommand: FitForm.self)
}

/// Which runs a fit takes, on the command line.
struct SelectionOptions: ParsableArguments {
  @Option(help: "The study whose finished runs are fitted.") var study: String?
  @Option(
    help: ArgumentHelp(
      "A SELECT instead of a study; it has a column run and one a letter.", valueName: "query"))
  var sql: String?
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("SQL condition on the view.", valueName: "condition"))
  var condition: String?
  @Option(
    name: .customLong("map"),
    help: ArgumentHelp(
      "Where a letter comes from, as L=loss or N=\"6 * N\".", valueName: "letter=expression"))
  var map: [Assignment] = []
  @Option(
    help: ArgumentHelp("One fit for each value of this SQL expression.", valueName: "expression"))
  var by: [String] = []
  @Option(
    help: ArgumentHelp(
      "Of each value of this SQL expression, take the best run alone.", valueName: "expression"))
  var bestOf: String?
  @OptionGroup var answers: AnswerOptions

  func validate() throws {
    guard (study == nil) != (sql == nil) else {
      throw ValidationError("name a study with --study, or give a query with --sql")
    }
  }

  /// The selection; `ofLeverage` for laws of EL, `cell` where the command has one.
  func selection(ofLeverage: Bool = false, cell: String? = nil) -> FitSelection {
    let source: FitSelection.Source =
      if let sql {
        .query(sql)
      } else if ofLeverage {
        .leverage(study: study ?? "")
      } else {
        .runs(study: study ?? "")
      }
    return FitSelection(
      source: source, condition: condition, expressions: map.texts, cell: cell, bestOf: bestOf,
      groups: by)
  }

  /// The rows by group, with a word on those that were left out.
  ///
  /// - Throws: `CommandFailure` when no run has every letter.
  func rows(
    _ letters: [String], ofLeverage: Bool = false, cell: String? = nil
  ) async throws -> [(group: String, rows: [FitSelection.Row])] {
    let found = try await selection(ofLeverage: ofLeverage, cell: cell)
      .rows(of: letters, from: answers.source())
    for (letter, count) in found.lacking.sorted(by: { $0.key < $1.key }) {
      Screen.process.note("\(count) runs have no \(letter) and are left out")
    }
    guard !found.rows.isEmpty else {
      throw CommandFailure(
        code: .refused,
        message: "no finished run has a value for \(letters.joined(separator: ", "))\n  hint: see "
          + "`orchestrator runs`, or say where a letter comes from: --map \(letters[0])=COLUMN")
    }
    return found.byGroup
  }
}

extension SelectionOptions {
  /// Has the daemon record a law in the study that was fitted.
  ///
  /// - Throws: `CommandFailure` where no daemon or no study is named.
  func record(
    named name: String, _ law: (_ study: String, _ name: String) -> LawSubmission
  ) async throws {
    guard let study, answers.place.registry == nil else {
      throw CommandFailure(
        code: .refused,
        message:
          "a law is recorded by the daemon, in a study\n  hint: leave out --registry and give "
          + "--study")
    }
    let reply: LawReply = try await answers.place.daemon.client()
      .post("/v1/laws", law(study, name))
    Screen.process.note(
      reply.inserted ? "recorded as law \(reply.id)" : "recorded before, as law \(reply.id)")
  }
}

/// How a fit is resampled and recorded, on the command line.
struct ResamplingOptions: ParsableArguments {
  @Option(help: "Resamples behind each interval; 0 for none.") var bootstraps = 1000
  @Option(help: "The bootstrap's seed.") var seed: UInt64 = 1
  @Option(
    help: ArgumentHelp("Record the law in the study under this name.", valueName: "name"))
  var record: String?

  func validate() throws {
    guard bootstraps >= 0 else { throw ValidationError("--bootstraps is 0 or more") }
  }
}
