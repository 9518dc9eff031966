import ArgumentParser
import Foundation
import Wire

struct Show: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show everything about one run: spec, attempts, latest numbers.")

  @Argument(help: "The run's number.") var id: Int64
  @OptionGroup var answers: AnswerOptions

  func run() async throws {
    try await reportingFailures {
      let detail = try await answers.source().run(id)
      try answers.print(detail, or: try Self.rendered(detail))
    }
  }

  private static func rendered(_ detail: RunDetail) throws -> String {
    var attempts = TextTable([">epoch", "worker", "leased", ">took", "outcome", "on", "message"])
    for attempt in detail.attempts {
      let took = attempt.endedAt.map { Double($0 - attempt.leasedAt) / 1000 }
      attempts.append([
        "\(attempt.epoch)", attempt.worker, Self.time(attempt.leasedAt),
        took.map(Quantity.duration) ?? "", attempt.outcome ?? "running",
        attempt.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
          .joined(separator: " "),
        attempt.message ?? "",
      ])
    }
    var latest = TextTable(["metric", ">step", ">value"])
    for metric in detail.metrics {
      latest.append([
        metric.metric, "\(metric.step)", String(format: "%.5g", metric.value),
      ])
    }
    var parts = [TextTable.runs(detail.rows).rendered()]
    if !attempts.isEmpty { parts.append(attempts.rendered()) }
    if !latest.isEmpty { parts.append(latest.rendered()) }
    if !detail.warnings.isEmpty {
      parts.append(
        detail.warnings.map { "warning (\($0.kind)) at step \($0.step): \($0.message)" }
          .joined(separator: "\n"))
    }
    if let spec = detail.spec { parts.append("spec " + (try PrettyJSON.text(spec))) }
    return parts.joined(separator: "\n\n")
  }

  private static func time(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      .formatted(.iso8601.dateSeparator(.dash).timeSeparator(.colon))
  }
}
