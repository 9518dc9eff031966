import ArgumentParser

/// Ages at which `clean` deletes what runs have left.
struct RetentionOptions: ParsableArguments {
  @Option(help: "Days that logs are kept after their run has ended.") var logs = 30.0
  @Option(help: "Days that checkpoints are kept after their run has ended.") var checkpoints = 7.0
  @Option(help: "Days that weights are kept after their run has ended; without it for good.")
  var weights: Double?
  @Option(help: "Days that folders of no run of this registry, and partial corpora, are kept.")
  var orphans = 7.0

  func validate() throws {
    try Self.validate([
      ("logs", logs), ("checkpoints", checkpoints), ("weights", weights), ("orphans", orphans),
    ])
  }

  var limits: RetentionLimits {
    .init(days: [
      (.log, logs), (.checkpoints, checkpoints), (.weights, weights), (.orphan, orphans),
      (.corpus, orphans),
    ])
  }

  /// Refuses days that are negative or no number.
  static func validate(_ days: [(name: String, value: Double?)]) throws {
    for case (let name, let value?) in days where !(value.isFinite && value >= 0) {
      throw ValidationError("--\(name) is a number of days, 0 or more")
    }
  }
}

/// Ages at which the daemon deletes what runs have left; it deletes nothing that it has no age for.
struct KeepOptions: ParsableArguments {
  @Option(help: "Days to keep the logs of ended runs; without it for good.") var keepLogs: Double?
  @Option(help: "Days to keep the checkpoints of ended runs; without it for good.")
  var keepCheckpoints: Double?
  @Option(help: "Days to keep the weights of ended runs; without it for good.")
  var keepWeights: Double?

  func validate() throws {
    try RetentionOptions.validate([
      ("keep-logs", keepLogs), ("keep-checkpoints", keepCheckpoints), ("keep-weights", keepWeights),
    ])
  }

  var limits: RetentionLimits {
    .init(days: [
      (.log, keepLogs), (.checkpoints, keepCheckpoints), (.weights, keepWeights),
    ])
  }
}

extension RetentionLimits {
  fileprivate init(days: [(Artefact.Kind, Double?)]) {
    for case (let kind, let days?) in days { limits[kind] = .seconds(days * 86_400) }
  }
}
