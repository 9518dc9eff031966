public import Experiment

/// Everything about one run but its curves.
public struct RunDetail: Hashable, Codable, Sendable {
  /// As the list of runs shows it, once for each grid that asked for it.
  public var rows: [RunRow]
  /// None for an imported run.
  public var spec: RunSpec?
  public var attempts: [Attempt]
  /// The newest number of each metric.
  public var metrics: [Latest]
  /// What its trainers warned of, oldest first.
  public var warnings: [TrainerEvent.Warning]

  public init(
    rows: [RunRow], spec: RunSpec?, attempts: [Attempt], metrics: [Latest],
    warnings: [TrainerEvent.Warning]
  ) {
    self.rows = rows
    self.spec = spec
    self.attempts = attempts
    self.metrics = metrics
    self.warnings = warnings
  }

  /// One execution.
  public struct Attempt: Hashable, Codable, Sendable {
    public var epoch: Int
    public var worker: String
    /// Milliseconds since 1970.
    public var leasedAt: Int64
    public var startedAt: Int64?
    public var endedAt: Int64?
    /// Steps done by the checkpoint that it began from.
    public var firstStep: Int?
    /// `finished`, `diverged`, `failed`, `cancelled`, `released` or `lost`; none while it goes on.
    public var outcome: String?
    public var message: String?
    /// What the trainer said of its machine and libraries.
    public var environment: [String: String]

    public init(
      epoch: Int, worker: String, leasedAt: Int64, startedAt: Int64?, endedAt: Int64?,
      firstStep: Int?, outcome: String?, message: String?, environment: [String: String]
    ) {
      self.epoch = epoch
      self.worker = worker
      self.leasedAt = leasedAt
      self.startedAt = startedAt
      self.endedAt = endedAt
      self.firstStep = firstStep
      self.outcome = outcome
      self.message = message
      self.environment = environment
    }

    private enum CodingKeys: String, CodingKey {
      case epoch, worker
      case leasedAt = "leased_at"
      case startedAt = "started_at"
      case endedAt = "ended_at"
      case firstStep = "first_step"
      case outcome, message, environment
    }
  }

  /// The newest number of one metric.
  public struct Latest: Hashable, Codable, Sendable {
    public var metric: String
    public var step: Int
    public var value: Double

    public init(metric: String, step: Int, value: Double) {
      self.metric = metric
      self.step = step
      self.value = value
    }
  }
}

/// One metric of one run over its steps; the three arrays have equal length.
public struct Series: Hashable, Codable, Sendable {
  public var run: Int64
  public var metric: String
  /// Rising.
  public var steps: [Int]
  /// Training tokens seen, where the trainer said.
  public var tokens: [Int?]
  public var values: [Double]

  public init(run: Int64, metric: String, steps: [Int], tokens: [Int?], values: [Double]) {
    self.run = run
    self.metric = metric
    self.steps = steps
    self.tokens = tokens
    self.values = values
  }
}
