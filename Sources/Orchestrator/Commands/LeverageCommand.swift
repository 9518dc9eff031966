import ArgumentParser
import Wire

struct LeverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leverage",
    abstract: "Show the efficiency leverage of each MoE run, in FLOPs and in measured time.")

  @OptionGroup var answers: AnswerOptions
  @Option(help: "Only this study.") var study: String?

  func run() async throws {
    try await reportingFailures {
      let source = try answers.source()
      let rows = try await source.leverage(study: study)
      let laws = try await source.laws(study: study)
      try answers.print(
        rows,
        or: rows.isEmpty
          ? "no leverage yet: it needs finished dense runs at two budgets and a finished MoE run"
          : TextTable.leverage(rows).rendered(width: Screen.process.width)
            + LawRow.warningText(laws))
    }
  }
}

struct Laws: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the fitted laws with parameters, intervals and warnings.")

  @OptionGroup var answers: AnswerOptions
  @Option(help: "Only this study.") var study: String?

  func run() async throws {
    try await reportingFailures {
      let laws = try await answers.source().laws(study: study)
      try answers.print(
        laws,
        or: laws.isEmpty
          ? "no law has been fitted yet"
          : TextTable.laws(laws).rendered(width: Screen.process.width) + LawRow.warningText(laws))
    }
  }
}

extension LawRow {
  /// What the data could not tell, law by law; nothing when they told all.
  static func warningText(_ laws: [LawRow]) -> String {
    let lines = laws.flatMap { law in law.warnings.map { "  law \(law.id): \($0)" } }
    return lines.isEmpty ? "" : "\n\nwarnings\n" + lines.joined(separator: "\n")
  }
}
