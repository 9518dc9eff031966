import Foundation
import Wire

extension SubmissionReply {
  /// The runs as a table, then what they add up to.
  func rendered(width: Int?, slots: Int) -> String {
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
    return table.rendered(width: width) + "\n\n" + summary(slots: slots)
  }

  /// How many runs are new, what they cost, and how long that takes.
  func summary(slots: Int) -> String {
    let new = runs.filter { $0.run == nil }
    let waiting = runs.filter { !($0.state?.isEnded ?? false) }
    let flops = waiting.reduce(0) { $0 + $1.flopsPerToken * Double($1.tokens) }
    let seconds = waiting.reduce(0) { $0 + $1.seconds }
    return """
      study \(study), grid \(grid)\(known ? " (submitted before)" : ""): \(runs.count) runs, \
      \(new.count) new, \(runs.count - new.count) existing
      to do: \(waiting.count) runs, \(Quantity.scientific(flops)) FLOPs, about \
      \(Quantity.duration(seconds / Double(slots))) on \(slots) slots
      """
  }
}
