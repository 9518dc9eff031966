import ArgumentParser
import Client
import Foundation
import Wire

struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Show or change how a study shares the cluster: priority, weight, limits, budgets.")

  @Argument(help: "The study, by name.") var name: String
  @Option(help: "Higher goes first; 0 by default.") var priority: Int?
  @Option(help: "Its share against other studies of its priority; 1 by default.")
  var weight: Double?
  @Option(help: "Runs at once, or none for no limit.") var maxConcurrent: LimitArgument?
  @Option(help: "Training FLOPs in all, as 3e20, or none.") var budgetFlops: LimitArgument?
  @Option(help: "GPU-hours in all, or none.") var budgetGpuHours: LimitArgument?
  @OptionGroup var daemon: DaemonOptions
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    try await reportingFailures {
      let client = try daemon.client()
      let change = StudyChange(
        priority: priority, weight: weight, maxConcurrent: maxConcurrent?.limit,
        budgetFLOPs: budgetFlops?.limit, budgetGPUHours: budgetGpuHours?.limit)
      let queue: StudyQueue =
        change == StudyChange()
        ? try await client.get(Self.path(name))
        : try await client.send(.put, Self.path(name), body: change)
      Screen.process.result(json ? try PrettyJSON.text(queue) : queue.rendered)
    }
  }

  private static func path(_ study: String) -> String {
    var allowed = CharacterSet.urlPathAllowed
    allowed.remove("/")
    return "/v1/studies/" + (study.addingPercentEncoding(withAllowedCharacters: allowed) ?? study)
  }
}

/// A number, or `none`.
struct LimitArgument: ExpressibleByArgument {
  var limit: StudyChange.Limit

  init?(argument: String) {
    if argument == "none" {
      limit = .unlimited
    } else if let number = Double(argument), number.isFinite, number >= 0 {
      limit = .at(number)
    } else {
      return nil
    }
  }
}

extension StudyQueue {
  /// One line a setting, what is used of it beside it.
  fileprivate var rendered: String {
    let flops =
      "\(Quantity.scientific(spentFLOPs)) spent"
      + (inFlightFLOPs > 0 ? ", \(Quantity.scientific(inFlightFLOPs)) in flight" : "")
    var lines = [
      "study \(study)" + (paused ? ", paused" : ""),
      "  priority        \(priority)",
      "  weight          \(Quantity.decimal(weight, places: 2)), share \(Quantity.count(share)) "
        + "slot-seconds",
      "  running         \(running)" + (maxConcurrent.map { " of at most \($0)" } ?? ""),
      "  queued          \(queued)",
      "  FLOPs           \(flops)" + (budgetFLOPs.map { " of \(Quantity.scientific($0))" } ?? ""),
      "  GPU-hours       \(Quantity.decimal(spentGPUHours, places: 2)) spent"
        + (budgetGPUHours.map { " of \(Quantity.decimal($0, places: 2))" } ?? ""),
    ]
    if !pausedGrids.isEmpty {
      lines.append(
        "  paused grids    " + pausedGrids.map { "\($0)" }.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }
}
