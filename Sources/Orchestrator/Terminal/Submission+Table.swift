import Foundation
import Wire

extension SubmissionReply {
  /// Every grid's runs as a table, then what they add up to.
  func rendered(width: Int?, slots: Int) -> String {
    let tables = grids.map { grid in
      (grids.count > 1 ? "\(grid.heading)\n" : "") + grid.table.rendered(width: width)
    }
    return tables.joined(separator: "\n\n") + "\n\n" + summary(slots: slots)
  }

  /// How many runs are new, what they cost, and how long that takes.
  func summary(slots: Int) -> String {
    let waiting = runs.filter { !($0.state?.isEnded ?? false) }
    let flops = waiting.reduce(0) { $0 + $1.flopsPerToken * Double($1.tokens) }
    let seconds = waiting.reduce(0) { $0 + $1.seconds }
    return
      (grids.map { "study \(study), \($0.summary)" } + [
        """
        to do: \(waiting.count) runs, \(Quantity.scientific(flops)) FLOPs, about \
        \(Quantity.duration(seconds / Double(slots))) on \(slots) slots
        """
      ]).joined(separator: "\n")
  }
}

extension GridReply {
  fileprivate var heading: String {
    waits.isEmpty
      ? "grid \(grid)"
      : "grid \(grid), as published laws would have it; it waits for \(waits.joined(separator: ", "))"
  }

  fileprivate var summary: String {
    let new = runs.filter { $0.run == nil }
    let revision = revision > 1 ? ", revision \(revision)" : ""
    let name = "grid \(grid)\(revision)\(known ? " (submitted before)" : "")"
    guard waits.isEmpty else {
      return "\(name): about \(runs.count) runs, once there is \(waits.joined(separator: ", "))"
    }
    return "\(name): \(runs.count) runs, \(new.count) new, \(runs.count - new.count) existing"
  }

  fileprivate var table: TextTable {
    var table = TextTable([
      "family", ">C", "point", "shape", ">A", ">G", ">S", ">M", ">M error", ">D", ">N", ">N act",
      ">η", ">B", ">seed", ">time", "state", "flags",
    ])
    for run in runs {
      table.append([
        run.family, Quantity.scientific(run.budget), run.point, run.shape,
        Quantity.ratio(run.activationRatio),
        run.granularity.map { Quantity.decimal($0, places: 2) } ?? "",
        Quantity.ratio(run.sharedRatio), Quantity.scientific(run.flopsPerToken),
        Quantity.percent(run.flopsError), Quantity.count(Double(run.tokens)),
        Quantity.count(Double(run.parameters)), Quantity.count(Double(run.activeParameters)),
        String(format: "%.2e", run.learningRate), Quantity.count(Double(run.batchTokens)),
        "\(run.seed)", Quantity.duration(run.seconds), run.state?.rawValue ?? "new",
        run.flags.joined(separator: ","),
      ])
    }
    return table
  }
}
