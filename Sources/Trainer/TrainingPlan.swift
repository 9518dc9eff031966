import Experiment

/// What happens at which step of a run, steps counted from 1.
struct TrainingPlan {
  let steps: Int
  private let evaluations: Int
  private let stepsPerEvent: Int
  /// Step events in a run are at most this many.
  private static let events = 200
  /// Windows of a run, each of which is told how its routers spread tokens.
  private static let balanceWindows = 20

  init(_ spec: RunSpec) {
    steps = spec.steps
    evaluations = max(1, min(spec.evaluation.count, spec.steps))
    stepsPerEvent = (spec.steps + Self.events - 1) / Self.events
  }

  /// Whether the mean loss is reported after `step`.
  func reports(after step: Int) -> Bool { step % stepsPerEvent == 0 || step == steps }

  /// Whether the validation loss is measured after `step`: evenly spaced, the last step included.
  func evaluates(after step: Int) -> Bool {
    ends(step, ofParts: evaluations)
  }

  /// Whether the routers' balance is told after `step`: at the end of each twentieth of the run, or
  /// of each step of a shorter one.
  func tellsBalance(after step: Int) -> Bool { ends(step, ofParts: Self.balanceWindows) }

  private func ends(_ step: Int, ofParts parts: Int) -> Bool {
    step * parts / steps > (step - 1) * parts / steps
  }

  /// Whether `step` counts towards the final training loss: the last twentieth of the run.
  func isFinal(_ step: Int) -> Bool { step > steps - max(1, steps / 20) }
}
