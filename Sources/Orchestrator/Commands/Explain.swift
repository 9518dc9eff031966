import ArgumentParser
import Client
import Wire

struct Explain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say why a run is not running: everything that stands in its way.")

  @Argument(help: "The run's number.") var id: Int64?
  @Option(help: "A grid instead, by number.") var grid: Int64?
  @OptionGroup var daemon: DaemonOptions
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard (id == nil) != (grid == nil) else {
      throw ValidationError("name a run by number, or a grid with --grid")
    }
  }

  func run() async throws {
    try await reportingFailures {
      let client = try daemon.client()
      if let id {
        let reply: Explanation = try await client.get("/v1/runs/\(id)/explanation")
        try print(reply, or: reply.rendered)
      } else if let grid {
        let reply: GridExplanation = try await client.get("/v1/grids/\(grid)/explanation")
        try print(reply, or: reply.rendered)
      }
    }
  }

  private func print(_ value: some Encodable, or text: String) throws {
    Screen.process.result(json ? try PrettyJSON.text(value) : text)
  }
}

extension Explanation {
  /// One line a reason.
  var rendered: String {
    var lines = ["run \(run) is \(state.rawValue)"] + reasons.map { "  \($0)" }
    if !ready.isEmpty {
      let workers = ready.count == 1 ? "worker \(ready[0]) has" : "\(ready.count) workers have"
      lines.append("  \(workers) room for it" + (reasons.isEmpty ? ": it is next" : ""))
    }
    return lines.joined(separator: "\n")
  }
}

extension GridExplanation {
  /// What the grid waits for, or what its next run does.
  var rendered: String {
    let states = RunState.allCases.compactMap { state in
      counts[state.rawValue].map { "\($0) \(state.rawValue)" }
    }
    var lines = [
      "grid \(grid): " + (states.isEmpty ? "no runs yet" : states.joined(separator: ", "))
    ]
    lines += reasons.map { "  \($0)" }
    if let next { lines.append(next.rendered) }
    return lines.joined(separator: "\n")
  }
}
