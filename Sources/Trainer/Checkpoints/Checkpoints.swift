import Experiment
import Foundation

/// The checkpoints of one attempt: which one it resumes from, when the next is due, what is kept.
struct Checkpoints {
  /// Where an attempt begins.
  struct Origin: Equatable {
    /// The checkpoint, relative to the working directory.
    var path: String
    /// What its writer's environment had that this one has not, by name: equal bits are not promised
    /// across these.
    var differences: [String: String]
  }

  /// Final weights, relative to the working directory.
  static let weightsPath = "model.safetensors"

  let folder: CheckpointFolder
  let policy: CheckpointPolicy
  let spec: RunSpec
  let environment: [String: String]
  let clock: TrainingClock
  /// Tells people what happens.
  let log: (String) -> Void
  private var refused: Set<CheckpointFolder.Item> = []
  /// Where the interval to the next checkpoint began.
  private var last: (step: Int, time: Double) = (0, 0)
  /// The step of the newest checkpoint that this attempt wrote.
  private var saved: Int?

  init(
    _ folder: CheckpointFolder, policy: CheckpointPolicy, spec: RunSpec,
    environment: [String: String], clock: TrainingClock, log: @escaping (String) -> Void
  ) {
    self.folder = folder
    self.policy = policy
    self.spec = spec
    self.environment = environment
    self.clock = clock
    self.log = log
  }

  /// Puts `run` into the state of the newest checkpoint that is whole and its own; nil, and `run` as
  /// it was, when there is none. Each one that is passed over is named in the log.
  mutating func resume(_ run: TrainingRun) -> Origin? {
    defer { last = (run.state.step, clock.wall()) }
    for item in folder.items() {
      do throws(CheckpointError) {
        let checkpoint = try Checkpoint(folder.url(item.path), of: spec)
        try checkpoint.restore(run.tensors)
        run.resume(at: checkpoint.state)
        let origin = Origin(
          path: item.path,
          differences: checkpoint.environment.filter { environment[$0.key] != $0.value })
        log("resumes after step \(run.state.step), from \(item.path)")
        for (name, value) in origin.differences.sorted(by: { $0.key < $1.key }) {
          log(
            "it was written with \(name) \(value), and this is \(environment[name] ?? "none"): "
              + "the result may differ in its last digits")
        }
        return origin
      } catch {
        refused.insert(item)
        log("refuses the checkpoint \(item.path): \(error)")
      }
    }
    if !refused.isEmpty { log("no other checkpoint is left: starts from scratch") }
    return nil
  }

  /// Whether the run as it is should be saved.
  func isDue(_ run: TrainingRun) -> Bool {
    policy.isDue(steps: run.state.step - last.step, seconds: clock.wall() - last.time)
  }

  /// Saves the run, unless it is saved already; returns the checkpoint's path.
  mutating func save(_ run: TrainingRun) -> Result<String, CheckpointError> {
    let step = run.state.step
    let path = folder.path(step: step)
    if step == saved { return .success(path) }
    // Also after a failure the next one is due only an interval later.
    last = (step, clock.wall())
    do throws(CheckpointError) {
      try folder.prepare()
      try Checkpoint.write(
        run.tensors, state: run.state, spec: spec, environment: environment, to: folder.url(path))
    } catch {
      return .failure(error)
    }
    saved = step
    refused.remove(.init(step: step, path: path))
    folder.prune(upTo: step, keeping: policy.kept, refused: refused)
    return .success(path)
  }

  /// Leaves the weights of a finished run, if they are to be kept.
  func saveWeights(_ run: TrainingRun) -> Result<Void, CheckpointError> {
    guard policy.keepsWeights else { return .success(()) }
    return Result { () throws(CheckpointError) in
      try Checkpoint.write(
        run.weights, state: nil, spec: spec, environment: environment,
        to: folder.url(Self.weightsPath))
    }
  }
}
