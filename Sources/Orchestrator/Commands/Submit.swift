import ArgumentParser
import Client
import Experiment
import Foundation
import Wire

struct Submit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Expand a grid file into runs and queue those that are new.")

  @Argument(help: "The grid, YAML; docs/grid.md describes it.") var file: String
  @Flag(help: "Print the runs and change nothing; works without a daemon too.") var dryRun = false
  @Flag(help: "Take the newest laws for a grid that was submitted before.") var refresh = false
  @Option(help: "Slots to divide the time estimate by.") var slots = 2
  @Flag(help: "Print JSON.") var json = false

  @OptionGroup var daemon: DaemonOptions
  @OptionGroup var files: DataOptions

  func run() async throws {
    try await reportingFailures {
      let submission = Submission(
        text: try GivenFile.text(at: file), file: file, dryRun: dryRun, refresh: refresh)
      let reply = try await answer(to: submission)
      if json {
        Screen.process.result(try PrettyJSON.text(reply))
      } else if dryRun {
        Screen.process.result(reply.rendered(width: Screen.process.width, slots: slots))
      } else {
        Screen.process.result(reply.summary(slots: slots))
      }
    }
  }

  /// The daemon's answer; a dry run that reaches no daemon is planned here.
  private func answer(to submission: Submission) async throws -> SubmissionReply {
    do {
      return try await daemon.client().submit(submission)
    } catch ClientError.unreachable where dryRun && daemon.url == nil {
      Screen.process.note("no daemon: planned here, without looking for existing runs")
      let plan = try Planner(data: try files.folder(), fitted: [])
        .plan(submission.text, file: submission.file)
      return plan.reply(known: [:], estimate: TimeEstimate(measured: []))
    }
  }
}
