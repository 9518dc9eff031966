/// `GET /v1/status`: every study at a glance.
public struct Status: Hashable, Codable, Sendable {
  public var studies: [StudyStatus]
  public var workers: [WorkerStatus]
  /// What is paused: a study by name, or a grid by number.
  public var paused: [PauseRequest]
  /// Hosts whose workers have failed lately.
  public var nodes: [NodeStatus]

  public init(
    studies: [StudyStatus], workers: [WorkerStatus], paused: [PauseRequest] = [],
    nodes: [NodeStatus] = []
  ) {
    self.studies = studies
    self.workers = workers
    self.paused = paused
    self.nodes = nodes
  }

  private enum CodingKeys: String, CodingKey { case studies, workers, paused, nodes }

  /// A daemon that does not say what is paused or set aside has nothing such.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    studies = try container.decode([StudyStatus].self, forKey: .studies)
    workers = try container.decode([WorkerStatus].self, forKey: .workers)
    paused = try container.decodeIfPresent([PauseRequest].self, forKey: .paused) ?? []
    nodes = try container.decodeIfPresent([NodeStatus].self, forKey: .nodes) ?? []
  }
}

/// How far a grid is.
public struct StudyStatus: Hashable, Codable, Sendable {
  public var study: String
  public var grid: String
  public var gridID: Int64
  /// Runs in each state; a state without runs is left out.
  public var counts: [String: Int]
  /// Training FLOPs of all runs that are not cancelled, and of those that ended.
  public var flops: Double
  public var flopsDone: Double
  /// The best validation loss so far, nats a token.
  public var bestValidationLoss: Double?
  /// The laws that the grid waits for; empty once it has its runs.
  public var waits: [String]
  /// Why its laws could not be fitted, or it could not be expanded with those that it waited for.
  public var problem: String?

  public init(
    study: String, grid: String, gridID: Int64, counts: [String: Int], flops: Double,
    flopsDone: Double, bestValidationLoss: Double?, waits: [String] = [], problem: String? = nil
  ) {
    self.study = study
    self.grid = grid
    self.gridID = gridID
    self.counts = counts
    self.flops = flops
    self.flopsDone = flopsDone
    self.bestValidationLoss = bestValidationLoss
    self.waits = waits
    self.problem = problem
  }

  /// Runs of the grid.
  public var total: Int { counts.values.reduce(0, +) }
  /// Runs that ended in any way.
  public var ended: Int {
    RunState.allCases.filter(\.isEnded).reduce(0) { $0 + (counts[$1.rawValue] ?? 0) }
  }

  private enum CodingKeys: String, CodingKey {
    case study, grid
    case gridID = "grid_id"
    case counts, flops
    case flopsDone = "flops_done"
    case bestValidationLoss = "best_validation_loss"
    case waits, problem
  }
}

/// A worker that the daemon has heard from, and what it runs.
public struct WorkerStatus: Hashable, Codable, Sendable {
  public var id: String
  public var host: String
  public var slots: Int
  /// Milliseconds since 1970.
  public var seenAt: Int64
  /// It said good-bye.
  public var left: Bool
  /// Runs that it holds.
  public var runs: [Int64]

  public init(id: String, host: String, slots: Int, seenAt: Int64, left: Bool, runs: [Int64]) {
    self.id = id
    self.host = host
    self.slots = slots
    self.seenAt = seenAt
    self.left = left
    self.runs = runs
  }

  private enum CodingKeys: String, CodingKey {
    case id, host, slots
    case seenAt = "seen_at"
    case left, runs
  }
}

/// A row of `GET /v1/runs`.
public struct RunRow: Hashable, Codable, Sendable {
  public var id: Int64
  public var study: String
  public var grid: String?
  public var family: String?
  public var budget: Double?
  /// What the axes asked for, as `A=1/32`.
  public var point: String?
  public var seed: Int64?
  public var state: RunState
  public var activationRatio: Double?
  public var granularity: Double?
  public var sharedRatio: Double?
  /// M, D and C as realised.
  public var flopsPerToken: Double?
  public var tokens: Int?
  public var flops: Double?
  /// Steps done and steps in all.
  public var step: Int?
  public var steps: Int?
  /// The latest training loss, or the final one.
  public var loss: Double?
  public var validationLoss: Double?
  public var bitsPerByte: Double?
  public var seconds: Double?
  public var attempts: Int
  public var worker: String?
  public var message: String?

  public init(
    id: Int64, study: String, grid: String?, family: String?, budget: Double?, point: String?,
    seed: Int64?, state: RunState, activationRatio: Double?, granularity: Double?,
    sharedRatio: Double?, flopsPerToken: Double?, tokens: Int?, flops: Double?, step: Int?,
    steps: Int?, loss: Double?, validationLoss: Double?, bitsPerByte: Double?, seconds: Double?,
    attempts: Int, worker: String?, message: String?
  ) {
    self.id = id
    self.study = study
    self.grid = grid
    self.family = family
    self.budget = budget
    self.point = point
    self.seed = seed
    self.state = state
    self.activationRatio = activationRatio
    self.granularity = granularity
    self.sharedRatio = sharedRatio
    self.flopsPerToken = flopsPerToken
    self.tokens = tokens
    self.flops = flops
    self.step = step
    self.steps = steps
    self.loss = loss
    self.validationLoss = validationLoss
    self.bitsPerByte = bitsPerByte
    self.seconds = seconds
    self.attempts = attempts
    self.worker = worker
    self.message = message
  }

  private enum CodingKeys: String, CodingKey {
    case id, study, grid, family, budget, point, seed, state
    case activationRatio = "A"
    case granularity = "G"
    case sharedRatio = "S"
    case flopsPerToken = "M"
    case tokens = "D"
    case flops = "C"
    case step, steps, loss
    case validationLoss = "validation_loss"
    case bitsPerByte = "bits_per_byte"
    case seconds, attempts, worker, message
  }
}

/// The answer to a query over the registry: column names, and rows of JSON scalars.
public struct Table: Hashable, Codable, Sendable {
  public enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
  }

  public var columns: [String]
  public var rows: [[Value]]
  /// There were more rows than the limit let through.
  public var truncated: Bool

  public init(columns: [String], rows: [[Value]], truncated: Bool = false) {
    self.columns = columns
    self.rows = rows
    self.truncated = truncated
  }
}

extension Table.Value: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .integer(let value): try container.encode(value)
    case .real(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    }
  }
}

extension Table.Value: CustomStringConvertible {
  /// As a person or another program reads it; nothing for null.
  public var description: String {
    switch self {
    case .null: ""
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): value
    }
  }

  /// Whether it lines up with numbers; null does with anything.
  public var isNumber: Bool {
    switch self {
    case .integer, .real, .null: true
    case .text: false
    }
  }
}
