import Foundation

/// How the uncertainty of a fit is resampled.
public enum Resampling: String, Hashable, Codable, Sendable {
  /// Normal noise of the estimated size is put on the fitted dense curve and on each MoE run. In each
  /// resample the size is itself drawn from its χ² distribution, so that few degrees of freedom give
  /// Student's t and not a normal's narrow interval.
  case noise
  /// Whole budgets of the dense curve are drawn with replacement and MoE losses are kept. Needs
  /// about eight budgets.
  case cells

  /// Budgets below which `cells` is flagged.
  public static let wantedCells = 8
}

/// Every random number of an analysis, drawn once in a fixed order.
struct ResamplePlan {
  /// One resample.
  struct Draw {
    /// Which points of the dense envelope, in order.
    var cells: [Int]
    /// Shift of each of those points' log loss, in units of one run's noise.
    var cellShifts: [Double]
    /// Shift of each MoE run's log loss, in the same unit.
    var runShifts: [Double]
  }

  var scheme: Resampling
  var draws: [Draw]

  /// - Parameters:
  ///   - replicates: runs averaged in each envelope point.
  ///   - runs: number of MoE runs.
  ///   - degreesOfFreedom: of the noise; with 0 and scheme `noise` there are no draws.
  init(
    scheme: Resampling, count: Int, seed: UInt64, replicates: [Int], runs: Int,
    degreesOfFreedom: Int
  ) {
    self.scheme = scheme
    var generator = SplitMix64(seed: seed)
    switch scheme {
    case .noise:
      guard degreesOfFreedom > 0 else {
        draws = []
        return
      }
      let cells = Array(replicates.indices)
      draws = (0..<count).map { _ in
        let spread =
          (Double(degreesOfFreedom) / generator.chiSquared(degreesOfFreedom)).squareRoot()
        let cellShifts = replicates.map { generator.normal() * spread / Double($0).squareRoot() }
        let runShifts = (0..<runs).map { _ in generator.normal() * spread }
        return Draw(cells: cells, cellShifts: cellShifts, runShifts: runShifts)
      }
    case .cells:
      let still = [Double](repeating: 0, count: replicates.count)
      let runShifts = [Double](repeating: 0, count: runs)
      draws = (0..<count).map { _ in
        var cells: [Int]
        // One budget alone has no slope; such a draw is made again.
        repeat {
          cells = replicates.indices.map { _ in generator.index(below: replicates.count) }.sorted()
        } while replicates.count > 1 && cells.first == cells.last
        return Draw(cells: cells, cellShifts: still, runShifts: runShifts)
      }
    }
  }
}
