import ArgumentParser
import Client
import Wire

/// A study by name or a grid by number.
struct StudyOrGrid: ParsableArguments {
  @Argument(help: "The study, by name.") var study: String?
  @Option(help: "A grid instead, by number.") var grid: Int64?

  func validate() throws {
    guard (study == nil) != (grid == nil) else {
      throw ValidationError("name a study, or a grid with --grid")
    }
  }

  var request: PauseRequest { PauseRequest(study: study, grid: grid) }

  var words: String { study.map { "study \($0)" } ?? grid.map { "grid \($0)" } ?? "" }
}

struct Pause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stop starting runs of a study or a grid; those that run go on.")

  @OptionGroup var target: StudyOrGrid
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    try await reportingFailures {
      let reply: PauseReply = try await daemon.client().post("/v1/pause", target.request)
      Screen.process.result("\(target.words) \(reply.changed ? "is" : "was already") paused")
    }
  }
}

struct Resume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Start runs of a paused study or grid again.")

  @OptionGroup var target: StudyOrGrid
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    try await reportingFailures {
      let reply: PauseReply = try await daemon.client().post("/v1/resume", target.request)
      Screen.process.result("\(target.words) \(reply.changed ? "goes on" : "was not paused")")
    }
  }
}
