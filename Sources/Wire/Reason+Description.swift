import Experiment
import Foundation

extension Reason: CustomStringConvertible {
  /// In one sentence.
  public var description: String {
    switch self {
    case .leased(let worker, let epoch, let since):
      "it is running: worker \(worker) has had it since \(Self.time(since)), attempt \(epoch)"
    case .ended(let state, let failure, let message):
      "it is \(state.rawValue)" + (failure.map { " (\($0.rawValue))" } ?? "")
        + (message.map { ": \($0)" } ?? "")
    case .waitsForLaw(let law, let grid): "it waits for the law \(law), which grid \(grid) fits"
    case .stuck(let problem): "it will have no runs: \(problem)"
    case .studyPaused(let study):
      "study \(study) is paused; `orchestrator resume \(study)` ends that"
    case .gridPaused(let grid): "grid \(grid) is paused; `orchestrator resume --grid` ends that"
    case .concurrency(let study, let running, let limit):
      "study \(study) has \(running) runs at once and may have \(limit)"
    case .budget(let study, let budget, let spent, let inFlight, let limit):
      "study \(study) has spent its budget: \(Self.number(spent)) "
        + (inFlight > 0 ? "and \(Self.number(inFlight)) in flight " : "")
        + "of \(Self.number(limit)) \(budget.unit)"
    case .notBefore(let at, .grid): "its grid may not start before \(Self.time(at))"
    case .notBefore(let at, .retry): "it failed and is tried again from \(Self.time(at)) on"
    case .noWorker: "no worker is connected"
    case .noFit(let workers, let nearest, let lacks):
      "no worker of \(workers) has what it asks for; \(nearest), the nearest, lacks "
        + Self.list(lacks)
    case .busy(let workers, let nearest, let lacks):
      "all workers that have what it asks for, \(workers), are busy; on \(nearest) it lacks "
        + Self.list(lacks) + " free"
    case .walltime(let workers, let needs, let longest):
      "it takes about \(Self.hours(needs)), and all workers that have what it asks for, "
        + "\(workers), end within \(Self.hours(longest))"
    case .setAside(let host, let until, let cause):
      "host \(host) is set aside until \(Self.time(until)): \(cause)"
    case .ahead(let priority, let share, let order):
      "ahead of it in the queue: "
        + [(priority, "by priority"), (share, "by their study's share"), (order, "by order")]
        .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
  }

  private static func list(_ lacks: [Shortfall]) -> String {
    lacks.map(\.description).joined(separator: ", ")
  }

  private static func time(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      .formatted(.iso8601.dateSeparator(.dash).timeSeparator(.colon))
  }

  private static func number(_ value: Double) -> String { String(format: "%.3g", value) }

  private static func hours(_ seconds: Double) -> String {
    seconds < 120
      ? String(format: "%.0f s", seconds)
      : seconds < 7200
        ? String(format: "%.0f min", seconds / 60) : String(format: "%.1f h", seconds / 3600)
  }
}

extension Reason.Budget {
  fileprivate var unit: String {
    switch self {
    case .flops: "FLOPs"
    case .gpuHours: "GPU-hours"
    }
  }
}
