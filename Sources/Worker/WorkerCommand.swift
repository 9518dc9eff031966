import ArgumentParser

/// The program `worker`.
@main
struct WorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Trains the runs that an orchestrator daemon hands out.",
    version: WorkerVersion.current,
    subcommands: [ServeCommand.self, TrainCommand.self, EvaluateCommand.self],
    defaultSubcommand: ServeCommand.self)
}

/// The version that a worker tells the daemon.
enum WorkerVersion {
  static let current = "0.1.0"
}
