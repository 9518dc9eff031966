import ArgumentParser
import Wire

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how far each grid is, and which workers are connected.")

  @OptionGroup var answers: AnswerOptions
  @Flag(help: "Show it again every two seconds until interrupted.") var watch = false

  func run() async throws {
    try await reportingFailures {
      let source = try answers.source()
      repeat {
        let status = try await source.status()
        if watch, Screen.process.width != nil { Screen.process.clear() }
        try answers.print(
          status, or: status.rendered(width: Screen.process.width, now: WallClock.system.now()))
        if watch { try await Task.sleep(for: .seconds(2)) }
      } while watch
    }
  }
}
