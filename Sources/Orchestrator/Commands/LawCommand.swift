import ArgumentParser
import Experiment
import ScalingLaws
import Wire

struct LawCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "law",
    abstract: "Evaluate, show and compare laws, published and fitted.",
    subcommands: [Eval.self, Show.self, Diff.self, Forms.self])

  struct Eval: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Evaluate a published law, a form's published coefficients, or a fitted law.",
      discussion: """
        orchestrator law eval ling-2507.17702 A=1/32 G=12 C=1e22
        orchestrator law eval chinchilla N=7e10 D=1.4e12
        orchestrator law eval 17 C=3e12
        """)

    @Argument(help: "The law's name, a form's name, or the number of a fitted law.")
    var law: String
    @Argument(help: ArgumentHelp("Values by the law's letters.", valueName: "letter=value"))
    var values: [Assignment] = []
    @Option(
      name: .customLong("option"),
      help: ArgumentHelp("An option of the form, as log_C=e.", valueName: "name=choice"))
    var options: [Assignment] = []
    @OptionGroup var answers: AnswerOptions

    func run() async throws {
      try await reportingFailures {
        let values = try values.numbers()
        if let id = Int64(law) {
          let row = try await answers.source().law(id).law
          let evaluation = try StoredLaw(row).evaluate(values)
          return try answers.print(evaluation, or: evaluation.rendered)
        }
        let evaluation = try LawEvaluation(law, at: values, options: options.texts)
        try answers.print(evaluation, or: evaluation.rendered(width: Screen.process.width))
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a fitted law: parameters, scores, warnings, residuals, the runs behind it.")

    @Argument(help: "The law's number.") var law: Int64
    @OptionGroup var answers: AnswerOptions

    func run() async throws {
      try await reportingFailures {
        let report = try await answers.source().law(law)
        try answers.print(report, or: report.rendered(width: Screen.process.width))
      }
    }
  }

  struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare two fitted laws: parameters, scores, and the runs that one has alone.")

    @Argument(help: "The one.") var first: Int64
    @Argument(help: "The other.") var second: Int64
    @OptionGroup var answers: AnswerOptions

    func run() async throws {
      try await reportingFailures {
        let source = try answers.source()
        let difference = LawDifference(
          first: try await source.law(first), second: try await source.law(second))
        try answers.print(difference, or: difference.rendered(width: Screen.process.width))
      }
    }
  }

  struct Forms: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the forms that can be fitted, and the published laws.")

    func run() async throws {
      var table = TextTable(["form", "gives", "from", "formula", "published"])
      for form in LawForms.all {
        table.append([
          form.name, form.quantity.name, form.variables.map(\.name).joined(separator: ", "),
          form.formula, form.published.map(\.name).joined(separator: ", "),
        ])
      }
      Screen.process.result(table.rendered(width: Screen.process.width))
    }
  }
}

/// `letter=value` on the command line.
struct Assignment: ExpressibleByArgument {
  var name: String
  var text: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    name = String(parts[0])
    text = String(parts[1])
  }
}

extension [Assignment] {
  /// The texts by name; of a name that is given twice the last.
  var texts: [String: String] { Dictionary(map { ($0.name, $0.text) }) { $1 } }

  /// The values by name: decimal numbers, fractions such as `1/32`, percentages.
  ///
  /// - Throws: `CommandFailure` for what is no number.
  func numbers() throws(CommandFailure) -> [String: Double] {
    var numbers: [String: Double] = [:]
    for assignment in self {
      guard let value = Double(assignment.text) ?? Ratio(parsing: assignment.text)?.doubleValue,
        value.isFinite
      else {
        throw CommandFailure(
          code: .refused,
          message:
            "\(assignment.name)=\(assignment.text) is no number; write 1e22, 0.25, 1/32 or 3.1%")
      }
      numbers[assignment.name] = value
    }
    return numbers
  }
}
