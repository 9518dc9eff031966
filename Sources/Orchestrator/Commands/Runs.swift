public import ArgumentParser
import Registry
public import Wire

struct Runs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List runs with their settings, progress and losses.")

  @OptionGroup var answers: AnswerOptions
  @Option(help: "Only this study.") var study: String?
  @Option(help: "Only this grid, by name.") var grid: String?
  @Option(help: "Only this family.") var family: String?
  @Option(help: "Only runs in this state.") var state: RunState?
  @Option(help: "At most so many rows.") var limit = 1000
  @Option(help: "Leave out so many rows first.") var offset = 0

  func validate() throws {
    guard limit > 0, offset >= 0 else {
      throw ValidationError("--limit is positive, --offset not negative")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let filter = RunFilter(
        study: study, grid: grid, state: state, family: family, limit: limit, offset: offset)
      let rows = try await answers.source().runs(filter)
      try answers.print(
        rows,
        or: rows.isEmpty
          ? "no run matches" : TextTable.runs(rows).rendered(width: Screen.process.width))
    }
  }
}

extension RunState: ExpressibleByArgument {}
