public import ArgumentParser
public import Wire

struct Evaluations: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what `worker evaluate` recorded, and compare runs by it.",
    discussion: """
      Without runs, what each scores over all sources; with runs, source by source. With two runs or \
      more, each is compared with the first: the difference and its 95 % interval over \
      the same documents or items, and McNemar's exact p for shares.

        orchestrator evaluations 17 21
        orchestrator evaluations --study pilot --suite cloze
      """)

  @Argument(help: "Runs by number, the one to compare with first; all runs otherwise.")
  var runs: [Int64] = []
  @OptionGroup var answers: AnswerOptions
  @Option(help: "Only runs of this study.") var study: String?
  @Option(help: "Only this suite: sources or cloze.") var suite: Suite?

  func run() async throws {
    try await reportingFailures {
      let rows = try await answers.source().evaluations(
        EvaluationFilter(runs: runs, study: study, suite: suite, withSamples: runs.count > 1))
      let comparison = EvaluationComparison(
        rows.sorted { place($0) < place($1) }, reference: runs.count > 1 ? runs.first : nil)
      try answers.print(
        comparison,
        or: rows.isEmpty
          ? "nothing has been evaluated yet: worker evaluate --run NUMBER"
          : runs.isEmpty
            ? TextTable.evaluations(rows).rendered(width: Screen.process.width)
            : comparison.rendered(width: Screen.process.width))
    }
  }

  /// Runs in the order in which they were asked for.
  private func place(_ row: EvaluationRow) -> (Int, Int64) {
    (runs.firstIndex(of: row.run) ?? runs.count, row.run)
  }
}

extension Suite: ExpressibleByArgument {}
