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

  /// The figure: runs that a law extrapolates are hollow, and seeds stand side by side.
  static func figure(of rows: [LeverageRow], study: String) -> Figure {
    let budgets = Set(rows.compactMap(\.budget)).sorted()
    let series = budgets.map { budget in
      let points = rows.filter { $0.budget == budget }
        .sorted { ($0.activationRatio ?? 1, $0.run) < ($1.activationRatio ?? 1, $1.run) }
        .map { row in
          Series.Point(
            x: row.activationRatio ?? 1, y: row.leverage,
            interval: interval(row.low, row.high), isHollow: row.extrapolated)
        }
      return Series(name: "C = \(Quantity.scientific(budget))", points: points)
    }
    return Figure(
      title: "Efficiency leverage against activation ratio",
      subtitle: "study \(study); 95 % intervals; hollow where the dense curve is extrapolated",
      x: Axis(
        label: "activation ratio A = Eₐ / E", scale: .log, ticks: .powersOfTwo, isReversed: true),
      y: Axis(label: "EL: dense over MoE compute at equal loss", scale: .log),
      series: series,
      references: [.init(.horizontal, at: 1, label: "dense")], palette: .sequential,
      dodges: true)
  }

  private static func interval(_ low: Double?, _ high: Double?) -> ClosedRange<Double>? {
    guard let low, let high, low <= high else { return nil }
    return low...high
  }
}
