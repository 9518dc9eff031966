import ArgumentParser
import Client
import Wire

struct Cancel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cancel runs: queued ones at once, running ones at their next report.")

  @Argument(help: "Runs by number.") var runs: [Int64] = []
  @Option(help: "Every run of this grid, by number, that has not ended.") var grid: Int64?
  @OptionGroup var daemon: DaemonOptions

  func validate() throws {
    guard !runs.isEmpty || grid != nil else {
      throw ValidationError("name runs by number, or a grid with --grid")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let request = CancelRequest(runs: runs, grid: grid)
      let reply: CancelReply = try await daemon.client().post("/v1/cancel", request)
      Screen.process.result("cancelled \(reply.cancelled.count) runs")
    }
  }
}
