/// `POST /v1/grids`: a grid file as a person wrote it.
public struct Submission: Hashable, Codable, Sendable {
  /// The YAML.
  public var text: String
  /// Its name, for error messages.
  public var file: String
  /// Expand and answer, insert nothing.
  public var dryRun: Bool
  /// Take the newest laws for a grid that was submitted before.
  public var refresh: Bool

  public init(text: String, file: String, dryRun: Bool, refresh: Bool = false) {
    self.text = text
    self.file = file
    self.dryRun = dryRun
    self.refresh = refresh
  }

  private enum CodingKeys: String, CodingKey {
    case text, file
    case dryRun = "dry_run"
    case refresh
  }
}

/// The reply to a submission: its grids, in order.
public struct SubmissionReply: Hashable, Codable, Sendable {
  public var study: String
  public var grids: [GridReply]

  public init(study: String, grids: [GridReply]) {
    self.study = study
    self.grids = grids
  }

  /// The runs of all grids.
  public var runs: [PlannedRow] { grids.flatMap(\.runs) }
}

/// What one grid of a submission came to.
public struct GridReply: Hashable, Codable, Sendable {
  public var grid: String
  /// None in a dry run.
  public var gridID: Int64?
  /// Whether the same source had been submitted before.
  public var known: Bool
  /// Rises with each refresh that changed a setting.
  public var revision: Int
  /// The laws that earlier grids must fit before it has runs.
  public var waits: [String]
  /// In order of expansion.
  public var runs: [PlannedRow]

  public init(
    grid: String, gridID: Int64? = nil, known: Bool = false, revision: Int = 1,
    waits: [String] = [], runs: [PlannedRow]
  ) {
    self.grid = grid
    self.gridID = gridID
    self.known = known
    self.revision = revision
    self.waits = waits
    self.runs = runs
  }

  private enum CodingKeys: String, CodingKey {
    case grid
    case gridID = "grid_id"
    case known, revision, waits, runs
  }
}

/// One planned run, in the numbers that a person checks before they spend the compute.
public struct PlannedRow: Hashable, Codable, Sendable {
  /// The row in the registry; none for a spec that is new to it.
  public var run: Int64?
  /// Its state, for a spec that the registry has.
  public var state: RunState?
  public var family: String
  /// The budget C that was asked for, FLOPs.
  public var budget: Double
  /// What the axes asked for, as `A=1/32`.
  public var point: String
  /// The shape, as `2L d64 h4/2 e128 8of256+1`: `Architecture.description`.
  public var shape: String
  /// Realised values: A routed, G, S.
  public var activationRatio: Double
  public var granularity: Double?
  public var sharedRatio: Double
  /// M, training FLOPs a token, and its distance from the target, relative.
  public var flopsPerToken: Double
  public var flopsError: Double
  /// D, tokens.
  public var tokens: Int
  /// N and N_a, without the vocabulary.
  public var parameters: Int
  public var activeParameters: Int
  /// Peak learning rate η and batch B in tokens.
  public var learningRate: Double
  public var batchTokens: Int
  public var seed: UInt64
  /// Time on one slot, from what was measured so far.
  public var seconds: Double
  /// What a person should know: laws outside their range, M off target.
  public var flags: [String]

  public init(
    run: Int64?, state: RunState?, family: String, budget: Double, point: String, shape: String,
    activationRatio: Double, granularity: Double?, sharedRatio: Double, flopsPerToken: Double,
    flopsError: Double, tokens: Int, parameters: Int, activeParameters: Int, learningRate: Double,
    batchTokens: Int, seed: UInt64, seconds: Double, flags: [String]
  ) {
    self.run = run
    self.state = state
    self.family = family
    self.budget = budget
    self.point = point
    self.shape = shape
    self.activationRatio = activationRatio
    self.granularity = granularity
    self.sharedRatio = sharedRatio
    self.flopsPerToken = flopsPerToken
    self.flopsError = flopsError
    self.tokens = tokens
    self.parameters = parameters
    self.activeParameters = activeParameters
    self.learningRate = learningRate
    self.batchTokens = batchTokens
    self.seed = seed
    self.seconds = seconds
    self.flags = flags
  }

  private enum CodingKeys: String, CodingKey {
    case run, state, family, budget, point, shape
    case activationRatio = "A"
    case granularity = "G"
    case sharedRatio = "S"
    case flopsPerToken = "M"
    case flopsError = "M_error"
    case tokens = "D"
    case parameters = "N"
    case activeParameters = "N_active"
    case learningRate = "learning_rate"
    case batchTokens = "batch_tokens"
    case seed, seconds, flags
  }
}
