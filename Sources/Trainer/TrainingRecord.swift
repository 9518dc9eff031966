import Experiment
import Wire

/// What a run has gathered for its last events.
struct TrainingRecord: Equatable, Codable {
  /// Nats a token, of the last evaluation.
  var validation = 0.0
  private var finalSteps = 0
  private var finalLoss = 0.0
  private var finalLoads = RouterLoads()
  private var wall = 0.0
  private var cpu = 0.0

  /// Adds the seconds that a step took.
  mutating func add(wall: Double, cpu: Double) {
    self.wall += wall
    self.cpu += cpu
  }

  /// Adds a step of the end of the run.
  mutating func add(finalLoss: Double, loads: [[Int]]) {
    finalSteps += 1
    self.finalLoss += finalLoss
    finalLoads.add(loads)
  }

  /// The metrics of the router, then `finished`.
  func closing(_ spec: RunSpec, _ evaluation: Evaluation, epochs: Double) -> [TrainerEvent] {
    var events: [TrainerEvent] = []
    if !spec.architecture.isDense {
      events = [
        .metric(
          .init(name: "router_max_over_mean", value: finalLoads.maxOverMean, step: spec.steps)),
        .metric(
          .init(
            name: "router_dead_experts", value: Double(finalLoads.deadExperts), step: spec.steps)),
      ]
      for (index, load) in finalLoads.layers.enumerated() {
        events += load.metrics(block: spec.architecture.denseLayers + index, step: spec.steps)
      }
    }
    events.append(
      .finished(
        .init(
          loss: finalLoss / Double(finalSteps), validationLoss: validation,
          bitsPerByte: evaluation.bitsPerByte(validation), tokens: spec.tokens,
          flops: Double(spec.architecture.trainingFLOPsPerToken()) * Double(spec.tokens),
          epochs: epochs, seconds: wall, cpuSeconds: cpu)))
    return events
  }
}
