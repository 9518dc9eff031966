import ArgumentParser
import Client
import Wire

struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Put failed and cancelled runs back into the queue, with all their retries.")

  @Argument(help: "Runs by number; each has to be failed or cancelled.") var runs: [Int64] = []
  @Option(help: "The failed and cancelled runs of this grid, by number.") var grid: Int64?
  @Option(help: "The failed and cancelled runs of this study, by name.") var study: String?
  @OptionGroup var daemon: DaemonOptions

  func validate() throws {
    guard !runs.isEmpty || grid != nil || study != nil else {
      throw ValidationError("name runs by number, a grid with --grid or a study with --study")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let request = RetryRequest(runs: runs, grid: grid, study: study)
      let reply: RetryReply = try await daemon.client().post("/v1/retry", request)
      Screen.process.result("put back \(reply.requeued.count) runs")
    }
  }
}
