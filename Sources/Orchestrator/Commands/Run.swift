import ArgumentParser
import Foundation
import Wire

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a grid on this machine, from its file to its efficiency leverage.",
    discussion: """
      Daemon and worker are part of it; nothing else has to run. What the registry has already is not \
      trained again, so a run that was interrupted, or killed, goes on where it was.
      """)

  @Argument(help: "The grid, YAML; docs/grid.md describes it.") var file: String
  @Option(help: "Trainers side by side, a core each; as many as the machine has cores.")
  var slots = ProcessInfo.processInfo.activeProcessorCount
  @Option(
    name: .customLong("trainer"),
    help: "Another trainer, as `worker serve --trainer NAME=COMMAND`; repeatable.")
  var trainers: [String] = []
  @Option(
    help: ArgumentHelp(
      "Write EL against A here; the name ends in .svg, .png or .pdf.", valueName: "file"))
  var figure: String?
  @Flag(help: "Print the leverage as JSON.") var json = false

  @OptionGroup var files: DataOptions
  @OptionGroup var logging: LogOptions

  func validate() throws {
    guard slots > 0 else { throw ValidationError("--slots is positive") }
    if let wrong = trainers.first(where: { $0.split(separator: "=", maxSplits: 1).count < 2 }) {
      throw ValidationError("--trainer \(wrong): write NAME=COMMAND")
    }
    if let figure, LeverageFigure.output(for: figure) == nil {
      throw ValidationError("--figure \(figure): the name ends in .svg, .png or .pdf")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let text = try GivenFile.text(at: file)
      let settings = DaemonSettings(data: try files.folder(), lease: .seconds(10))
      let daemon = try await Daemon.open(
        registry: try files.registryPath(), settings: settings,
        log: logging.logger("orchestrator"))
      let screen = Screen.process
      let reply = try await daemon.desk.submit(Submission(text: text, file: file, dryRun: false))
      screen.note(reply.summary(slots: slots))
      let standing = try await LocalRun(
        daemon: daemon, slots: slots, trainers: trainers, screen: screen
      ).train(reply)
      try await daemon.refit.refit(reply.study, isComplete: true)
      try await report(on: reply.study, RegistryAnswers(registry: daemon.desk.registry))
      try refuse(standing)
    }
  }

  /// Says what did not come to an end.
  private func refuse(_ standing: LocalRun.Standing) throws {
    let unfinished = standing.rows.filter { $0.state != .finished }
    guard unfinished.isEmpty, standing.stuck.isEmpty else {
      var lines = standing.stuck.map { "grid \($0.grid): \($0.problem ?? "")" }
      if !unfinished.isEmpty {
        lines.append("\(unfinished.count) of \(standing.rows.count) runs did not finish")
      }
      throw CommandFailure(code: .refused, message: lines.joined(separator: "\n"))
    }
  }

  /// The leverage of the study's runs, the warnings of its laws, and the figure.
  private func report(on study: String, _ answers: RegistryAnswers) async throws {
    let rows = try await answers.leverage(study: study)
    let laws = try await answers.laws(study: study)
    if json {
      Screen.process.result(try PrettyJSON.text(rows))
    } else if rows.isEmpty {
      Screen.process.result("no leverage: it needs dense runs at two budgets and an MoE run")
    } else {
      Screen.process.result(
        TextTable.leverage(rows).rendered(width: Screen.process.width)
          + LawRow.warningText(laws))
    }
    if let figure, !rows.isEmpty {
      try await LeverageFigure.write(rows, study: study, to: URL(filePath: figure))
      Screen.process.note("figure: \(figure)")
    }
  }
}
