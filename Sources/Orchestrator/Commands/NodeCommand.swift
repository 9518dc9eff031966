import ArgumentParser
import Client
import Foundation
import Wire

struct NodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node",
    abstract: "Show hosts whose workers have failed, and trust one again.",
    subcommands: [List.self, Clear.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the hosts whose last runs failed before they trained.")

    @OptionGroup var daemon: DaemonOptions
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      try await reportingFailures {
        let nodes: [NodeStatus] = try await daemon.client().get("/v1/nodes")
        let text =
          nodes.isEmpty
          ? "no host has failed"
          : TextTable.nodes(nodes, now: WallClock.system.now())
            .rendered(width: Screen.process.width)
        Screen.process.result(json ? try PrettyJSON.text(nodes) : text)
      }
    }
  }

  struct Clear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a host that was set aside runs again.")

    @Argument(help: "The host, as `status` shows it.") var host: String
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
      try await reportingFailures {
        let escaped =
          host.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? host
        let reply: ClearReply = try await daemon.client().send(
          .post, "/v1/nodes/\(escaped)/clear", body: String?.none)
        Screen.process.result("\(host) \(reply.cleared ? "is" : "was already") trusted")
      }
    }
  }
}

extension TextTable {
  /// Hosts that failed lately.
  static func nodes(_ nodes: [NodeStatus], now: Int64) -> TextTable {
    var table = TextTable(["host", ">failures", ">run", "set aside for", "reason"])
    for node in nodes {
      let left = node.setAsideUntil.map { Double($0 - now) / 1000 } ?? 0
      table.append([
        node.host, "\(node.failures)", "\(node.run)", left > 0 ? Quantity.duration(left) : "",
        node.reason,
      ])
    }
    return table
  }
}
