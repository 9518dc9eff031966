import Figures
import Foundation
import Wire

/// EL against A, a line a budget: the picture of a grid's result.
enum LeverageFigure {
  /// The format that a file's name asks for.
  static func output(for path: String) -> GnuplotRenderer.Output? {
    switch URL(filePath: path).pathExtension {
    case "svg": .svg
    case "png": .png
    case "pdf": .pdf
    default: nil
    }
  }

  /// Draws `rows` into `file`, whose name `output(for:)` knows.
  static func write(_ rows: [LeverageRow], study: String, to file: URL) async throws {
    guard let output = output(for: file.path) else { return }
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try await GnuplotRenderer(output).render(figure(of: rows, study: study), to: file)
  }

  /// The figure: a point an activation ratio and budget, hollow where a law is extrapolated.
  static func figure(of rows: [LeverageRow], study: String) -> Figure {
    let budgets = Set(rows.compactMap(\.budget)).sorted()
    let series = budgets.map { budget in
      let points = Dictionary(grouping: rows.filter { $0.budget == budget }) {
        $0.activationRatio ?? 1
      }
      .sorted { $0.key < $1.key }
      .map { point(at: $0.key, $0.value) }
      return Series(name: "C = \(Quantity.scientific(budget))", points: points)
    }
    return Figure(
      title: "Efficiency leverage against activation ratio",
      subtitle:
        "study \(study); mean over seeds, 95 % interval of one run; hollow where extrapolated",
      x: Axis(
        label: "activation ratio A, active over all routed experts", scale: .log,
        ticks: .powersOfTwo, isReversed: true),
      y: Axis(label: "EL: dense over MoE compute at equal loss", scale: .log),
      series: series,
      references: [.init(.horizontal, at: 1, label: "dense")], palette: .sequential,
      dodges: true)
  }

  /// The geometric mean of runs of one activation ratio, and of the ends of their intervals.
  private static func point(at activationRatio: Double, _ rows: [LeverageRow])
    -> Figures.Series.Point
  {
    func mean(_ values: [Double]) -> Double {
      exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
    }
    let (lows, highs) = (rows.compactMap(\.low), rows.compactMap(\.high))
    let isBounded = lows.count == rows.count && highs.count == rows.count
    return Figures.Series.Point(
      x: activationRatio, y: mean(rows.map(\.leverage)),
      interval: isBounded ? mean(lows)...mean(highs) : nil,
      isHollow: rows.contains(where: \.extrapolated))
  }
}
