import ArgumentParser

@main
struct Orchestrator: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orchestrator",
    abstract: "Scaling-law experiments on mixture-of-experts language models.",
    discussion: """
      Start with `orchestrator run grid.yaml`, which needs nothing else, or with `orchestrator serve`, \
      workers on nodes and `orchestrator submit grid.yaml`.

      Exit codes: 0 done; 1 refused, or a run did not finish; 64 wrong usage; 66 a file is missing; \
      69 the daemon cannot be reached; 130 interrupted.
      """,
    version: Version.current,
    subcommands: [
      Run.self, Serve.self, Submit.self, StatusCommand.self, Runs.self, Show.self, Explain.self,
      Cancel.self, Pause.self, Resume.self, RetryCommand.self, StudyCommand.self, NodeCommand.self,
      ImportCommand.self, ExportCommand.self, LeverageCommand.self, Laws.self, LawCommand.self,
      Evaluations.self, TrainerCommand.self, FitCommand.self, PlanCommand.self, SQL.self, CorpusCommand.self,
      BackupCommand.self, RestoreCommand.self, CheckCommand.self, CleanCommand.self,
      WebhookCommand.self, TokenCommand.self, OpenAPICommand.self,
    ])
}

/// What this program calls itself.
enum Version {
  static let current = "0.1.0"
}
