import Figures
import Foundation
import Wire

/// EL against A, a line a budget: the picture of a grid's result.
enum LeverageFigure {
  static func format(of path: String) -> String? { ["svg", "png", "pdf"].first { path.hasSuffix("." + $0) } }
  static func write(_ rows: [LeverageRow], study: String, to url: URL) async throws {}
}
