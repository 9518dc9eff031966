import ArgumentParser
import Wire

struct SQL: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask the registry one reading SQL statement; docs/registry.md lists the views.")

  @Argument(help: "The statement.") var query: String
  @OptionGroup var answers: AnswerOptions

  func run() async throws {
    try await reportingFailures {
      let answer = try await answers.source().sql(query)
      try answers.print(
        answer, or: TextTable.answer(answer).rendered(width: Screen.process.width))
    }
  }
}
