import ArgumentParser
import Client
import Foundation
import Wire

struct WebhookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "webhook", abstract: "Have the daemon tell others of events over HTTP.",
    discussion: """
      Events: \(RegistryEvent.Kind.allCases.map(\.name).joined(separator: ", ")). \
      docs/operations.md has the message and how to verify it.
      """,
    subcommands: [Add.self, List.self, Remove.self, Resume.self, Test.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Post the events from now on to an address; Slack's and Mattermost's will do.")

    @Argument(help: "http:// or https:// address.") var url: String
    @Option(help: ArgumentHelp("Which events, as run.failed,grid.settled.", valueName: "event,…"))
    var events: String
    @Option(
      help: ArgumentHelp(
        "A file on the daemon's machine with the key of the signatures.", valueName: "file"),
      completion: .file())
    var secretFile: String?
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
      try await reportingFailures {
        let names = events.split(separator: ",").map {
          $0.trimmingCharacters(in: .whitespaces)
        }
        let file = secretFile.map { URL(filePath: $0).absoluteURL.path }
        let row: WebhookRow = try await daemon.client().post(
          "/v1/webhooks", WebhookRequest(url: url, events: names, secretFile: file))
        Screen.process.result(
          "webhook \(row.id): \(row.place) is told of \(row.events.joined(separator: ", "))"
            + (row.isSigned ? "" : ", unsigned"))
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List webhooks, what each has been told and why one is behind.")

    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
      try await reportingFailures {
        let rows: [WebhookRow] = try await daemon.client().get("/v1/webhooks")
        if json { return Screen.process.result(try PrettyJSON.text(rows)) }
        Screen.process.result(
          rows.isEmpty
            ? "no webhook: orchestrator webhook add URL --events run.failed"
            : TextTable.webhooks(rows, now: WallClock.system.now())
              .rendered(width: Screen.process.width))
      }
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tell a webhook nothing more.")

    @Argument(help: "Its number.") var id: Int64
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
      try await reportingFailures {
        try await daemon.client().data(.delete, "/v1/webhooks/\(id)")
        Screen.process.result("webhook \(id) is removed")
      }
    }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Try a webhook again at once, from the event at which it stood.")

    @Argument(help: "Its number.") var id: Int64
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
      try await reportingFailures {
        let row: WebhookRow = try await daemon.client().post(
          "/v1/webhooks/\(id)/resume", [String: String]())
        Screen.process.result("webhook \(row.id): \(row.place) is tried again")
      }
    }
  }

  struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Send a webhook a test message; it misses no event by that.")

    @Argument(help: "Its number.") var id: Int64
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
      try await reportingFailures {
        let answer: WebhookAnswer = try await daemon.client().post(
          "/v1/webhooks/\(id)/test", [String: String]())
        if let problem = answer.problem {
          throw CommandFailure(code: .refused, message: "webhook \(id) did not take it: \(problem)")
        }
        Screen.process.result("webhook \(id) took it: HTTP \(answer.status ?? 0)")
      }
    }
  }
}

extension TextTable {
  /// Webhooks as of `now`, milliseconds since 1970.
  fileprivate static func webhooks(_ rows: [WebhookRow], now: Int64) -> TextTable {
    var table = TextTable([
      "id", "place", "events", "signed", "state", ">delivered", ">failures", "next try", "problem",
    ])
    for row in rows {
      table.append([
        "\(row.id)", row.place, row.events.joined(separator: ","), row.isSigned ? "yes" : "no",
        row.state.rawValue, "\(row.delivered)", row.failures > 0 ? "\(row.failures)" : "",
        row.nextAt.map { "in " + Quantity.duration(Double(max(0, $0 - now)) / 1000) } ?? "",
        row.problem ?? "",
      ])
    }
    return table
  }
}
