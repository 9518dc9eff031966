import ArgumentParser
import Foundation
import Trainer

/// `worker train`: the native trainer, as a worker starts it.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains one run and prints its events, as the trainer protocol says.",
    discussion: """
      Reads the run spec at $ORCHESTRATOR_RUN_SPEC and the corpora under $ORCHESTRATOR_DATA, works in
      the current folder, and prints one JSON event a line to standard output. It goes on from the
      newest checkpoint of this run in the current folder or in those of $ORCHESTRATOR_EARLIER_ATTEMPTS,
      and ends in the same bits as a run that was never interrupted.

      SIGTERM: a checkpoint is written after the current step.

      Exit codes:
        0   finished, or diverged
        64  the spec is missing or cannot be trained
        66  the corpus is missing or damaged
        74  events cannot be written, or the checkpoint that SIGTERM asked for
        75  left on SIGTERM after a checkpoint
      """)

  @OptionGroup var checkpoints: CheckpointOptions

  func run() throws {
    let code = NativeTrainer.main(
      environment: ProcessInfo.processInfo.environment,
      directory: URL(filePath: FileManager.default.currentDirectoryPath),
      policy: checkpoints.policy, version: WorkerVersion.current)
    if code != 0 { throw ExitCode(code) }
  }
}
