import Wire

/// The mean of what steps report, between two events.
struct StepAverage: Equatable, Codable {
  private var steps = 0
  private var loss = 0.0
  private var gradientNorm = 0.0
  private var maxOverMean = 0.0

  mutating func add(loss: Double, gradientNorm: Double, maxOverMean: Double) {
    steps += 1
    self.loss += loss
    self.gradientNorm += gradientNorm
    self.maxOverMean += maxOverMean
  }

  /// The event for the steps added, with the state after the last one.
  func event(step: Int, tokens: Int, learningRate: Double, routes: Bool) -> TrainerEvent {
    let count = Double(steps)
    return .step(
      .init(
        step: step, tokens: tokens, loss: loss / count, lr: learningRate,
        gradNorm: gradientNorm / count,
        balance: routes ? .init(maxOverMean: maxOverMean / count) : nil))
  }
}
