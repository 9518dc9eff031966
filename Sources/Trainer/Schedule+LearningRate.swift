import Experiment
import Foundation

extension RunSpec.Schedule {
  /// The learning rate of step `step` of `steps`, counted from 1: linear warm-up that reaches the
  /// peak at its last step (one step at least), constant, then exponential decay that reaches
  /// `finalFraction` of the peak at the last step of the run.
  func learningRate(_ step: Int, of steps: Int, peak: Double) -> Double {
    let warmup = max(1, Int((warmupFraction * Double(steps)).rounded()))
    let decay = Int((decayFraction * Double(steps)).rounded())
    if step < warmup { return peak * Double(step) / Double(warmup) }
    let decayed = step - (steps - decay)
    guard decayed > 0 else { return peak }
    return peak * pow(finalFraction, Double(decayed) / Double(decay))
  }
}
