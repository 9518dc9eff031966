import Experiment
import Wire

/// What a run has gathered for its last event.
struct TrainingRecord: Equatable, Codable {
  /// Nats a token, of the last evaluation.
  var validation = 0.0
  private var finalSteps = 0
  private var finalLoss = 0.0
  private var wall = 0.0
  private var cpu = 0.0

  /// Adds the seconds that a step took.
  mutating func add(wall: Double, cpu: Double) {
    self.wall += wall
    self.cpu += cpu
  }

  /// Adds a step of the end of the run.
  mutating func add(finalLoss: Double) {
    finalSteps += 1
    self.finalLoss += finalLoss
  }

  /// The event `finished`.
  func closing(_ spec: RunSpec, _ evaluation: Evaluation, epochs: Double) -> TrainerEvent {
    .finished(
      .init(
        loss: finalLoss / Double(finalSteps), validationLoss: validation,
        bitsPerByte: evaluation.bitsPerByte(validation), tokens: spec.tokens,
        flops: Double(spec.architecture.trainingFLOPsPerToken()) * Double(spec.tokens),
        epochs: epochs, seconds: wall, cpuSeconds: cpu))
  }
}
