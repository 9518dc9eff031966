import ArgumentParser
import ScalingLaws
import Wire

struct FitNearOptimal: AsyncParsableCommand {
  /// What runs that are compared with each other share.
  enum Cells: String, CaseIterable, ExpressibleByArgument {
    case budget = "C"
    case size = "N,D"
  }

  static let configuration = CommandConfiguration(
    commandName: "near-optimal",
    abstract: "Fit learning rate and batch size from the runs near the best of each cell.")

  @Option(help: "Cells are budgets, C, or sizes, N,D.") var cells = Cells.budget
  @Option(help: "How far above a cell's best loss a run may be.") var share = 0.0025
  @Option(
    help: "Drop runs this many robust standard deviations off the law; 0 keeps all.")
  var outliers = 0.0
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var resamples: ResamplingOptions

  func run() async throws {
    try await reportingFailures {
      let coordinates = cells == .budget ? ["C"] : ["N", "D"]
      let letters = ["L", "lr", "B"] + coordinates
      let options = NearOptimalOptions(
        share: share, outlierLimit: outliers > 0 ? outliers : nil,
        bootstraps: resamples.bootstraps, seed: resamples.seed)
      var fits: [NearOptimalFit] = []
      for (group, rows) in try await selection.rows(letters) {
        let runs = rows.map { row in
          TuningRun(
            run: row.run,
            cell: cells == .budget
              ? .budget(row.values[3]) : .size(parameters: row.values[3], tokens: row.values[4]),
            loss: row.values[0],
            settings: [.learningRate: row.values[1], .batchTokens: row.values[2]])
        }
        fits.append(
          NearOptimalFit(
            group: group, selection: try NearOptimalSelection(runs: runs, options: options)))
      }
      try selection.answers.print(
        fits, or: fits.map { $0.rendered(width: Screen.process.width) }.joined(separator: "\n\n"))
      if let name = resamples.record {
        for fit in fits {
          for law in fit.selection.laws {
            let name = [name, fit.group, law.name].filter { !$0.isEmpty }.joined(separator: "/")
            try await selection.record(named: name) {
              LawSubmission(
                study: $0, name: $1, law, warnings: fit.selection.warnings.map(\.description),
                options: ["method": "near-optimal", "share": "\(share)"])
            }
          }
        }
      }
    }
  }
}

/// The laws of one group.
struct NearOptimalFit: Encodable {
  var group: String
  var selection: NearOptimalSelection
}
