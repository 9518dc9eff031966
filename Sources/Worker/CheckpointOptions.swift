import ArgumentParser
import Trainer

/// When the native trainer writes checkpoints, and what it keeps: options of `worker train`, and of a
/// worker that starts it.
struct CheckpointOptions: ParsableArguments {
  @Option(
    help: "Minutes from one checkpoint of the native trainer to the next; 0 for none by time.")
  var checkpointMinutes = 5.0

  @Option(help: "Steps from one checkpoint of the native trainer to the next; 0 for none by steps.")
  var checkpointSteps = 0

  @Option(help: "Checkpoints of a run that the native trainer keeps: the newest ones.")
  var checkpointsKept = 2

  @Flag(help: "Leave no final weights (model.safetensors) of a finished run.")
  var discardWeights = false

  func validate() throws {
    guard checkpointMinutes.isFinite, checkpointMinutes >= 0 else {
      throw ValidationError("--checkpoint-minutes \(checkpointMinutes): write minutes, 0 or more")
    }
    guard checkpointSteps >= 0 else {
      throw ValidationError("--checkpoint-steps \(checkpointSteps): write steps, 0 or more")
    }
    guard checkpointsKept >= 1 else {
      throw ValidationError("--checkpoints-kept \(checkpointsKept): keep at least 1")
    }
  }

  var policy: CheckpointPolicy {
    CheckpointPolicy(
      steps: checkpointSteps > 0 ? checkpointSteps : nil,
      seconds: checkpointMinutes > 0 ? 60 * checkpointMinutes : nil, kept: checkpointsKept,
      keepsWeights: !discardWeights)
  }

  /// The command-line words that say the same.
  var words: [String] {
    [
      "--checkpoint-minutes", "\(checkpointMinutes)", "--checkpoint-steps", "\(checkpointSteps)",
      "--checkpoints-kept", "\(checkpointsKept)",
    ] + (discardWeights ? ["--discard-weights"] : [])
  }
}
