/// `POST /v1/pause` and `/v1/resume`: one study or one grid. Runs that are being trained go on.
public struct PauseRequest: Hashable, Codable, Sendable {
  /// The study, by name.
  public var study: String?
  /// The grid, by number.
  public var grid: Int64?

  public init(study: String?, grid: Int64?) {
    self.study = study
    self.grid = grid
  }
}

/// The reply to a pause or its end.
public struct PauseReply: Hashable, Codable, Sendable {
  public var paused: Bool
  /// Whether it was otherwise before.
  public var changed: Bool

  public init(paused: Bool, changed: Bool) {
    self.paused = paused
    self.changed = changed
  }
}

/// `POST /v1/retry`: put failed and cancelled runs back into the queue.
public struct RetryRequest: Hashable, Codable, Sendable {
  /// Runs by number; each has to be failed or cancelled.
  public var runs: [Int64]
  /// Those of this grid that are failed or cancelled.
  public var grid: Int64?
  /// Those of this study that are failed or cancelled.
  public var study: String?

  public init(runs: [Int64], grid: Int64? = nil, study: String? = nil) {
    self.runs = runs
    self.grid = grid
    self.study = study
  }
}

/// The reply to a retry.
public struct RetryReply: Hashable, Codable, Sendable {
  /// The runs that this request put back.
  public var requeued: [Int64]

  public init(requeued: [Int64]) { self.requeued = requeued }
}

/// `PUT /v1/studies/{name}`: how a study shares the cluster; what is absent stays as it is.
public struct StudyChange: Hashable, Codable, Sendable {
  /// A limit to set, or to take away.
  public enum Limit: Hashable, Sendable {
    case unlimited
    case at(Double)
  }

  /// Higher goes first.
  public var priority: Int?
  /// Its share against other studies of the same priority.
  public var weight: Double?
  /// Runs at once.
  public var maxConcurrent: Limit?
  /// Training FLOPs in all.
  public var budgetFLOPs: Limit?
  public var budgetGPUHours: Limit?

  public init(
    priority: Int? = nil, weight: Double? = nil, maxConcurrent: Limit? = nil,
    budgetFLOPs: Limit? = nil, budgetGPUHours: Limit? = nil
  ) {
    self.priority = priority
    self.weight = weight
    self.maxConcurrent = maxConcurrent
    self.budgetFLOPs = budgetFLOPs
    self.budgetGPUHours = budgetGPUHours
  }

  private enum CodingKeys: String, CodingKey {
    case priority, weight
    case maxConcurrent = "max_concurrent"
    case budgetFLOPs = "budget_flops"
    case budgetGPUHours = "budget_gpu_hours"
  }
}

/// A number, or `"none"`.
extension StudyChange.Limit: Codable {
  public init(from decoder: any Decoder) throws {
    let box = try decoder.singleValueContainer()
    if let number = try? box.decode(Double.self) {
      self = .at(number)
    } else if try box.decode(String.self) == "none" {
      self = .unlimited
    } else {
      throw DecodingError.dataCorruptedError(in: box, debugDescription: "a number or \"none\"")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var box = encoder.singleValueContainer()
    switch self {
    case .unlimited: try box.encode("none")
    case .at(let number): try box.encode(number)
    }
  }
}

/// `GET /v1/studies/{name}`: how a study shares the cluster, what it holds and what it has spent.
public struct StudyQueue: Hashable, Codable, Sendable {
  public var study: String
  public var paused: Bool
  public var priority: Int
  public var weight: Double
  public var maxConcurrent: Int?
  public var budgetFLOPs: Double?
  public var budgetGPUHours: Double?
  /// Runs at once, now.
  public var running: Int
  public var queued: Int
  /// Training FLOPs of the attempts that have ended, and of the runs that go on.
  public var spentFLOPs: Double
  public var inFlightFLOPs: Double
  /// Up to now.
  public var spentGPUHours: Double
  /// What it is ranked by among studies of its priority; the least goes first.
  public var share: Double
  /// Its grids that are paused, by number.
  public var pausedGrids: [Int64]

  public init(
    study: String, paused: Bool, priority: Int, weight: Double, maxConcurrent: Int?,
    budgetFLOPs: Double?, budgetGPUHours: Double?, running: Int, queued: Int, spentFLOPs: Double,
    inFlightFLOPs: Double, spentGPUHours: Double, share: Double, pausedGrids: [Int64]
  ) {
    self.study = study
    self.paused = paused
    self.priority = priority
    self.weight = weight
    self.maxConcurrent = maxConcurrent
    self.budgetFLOPs = budgetFLOPs
    self.budgetGPUHours = budgetGPUHours
    self.running = running
    self.queued = queued
    self.spentFLOPs = spentFLOPs
    self.inFlightFLOPs = inFlightFLOPs
    self.spentGPUHours = spentGPUHours
    self.share = share
    self.pausedGrids = pausedGrids
  }

  private enum CodingKeys: String, CodingKey {
    case study, paused, priority, weight
    case maxConcurrent = "max_concurrent"
    case budgetFLOPs = "budget_flops"
    case budgetGPUHours = "budget_gpu_hours"
    case running, queued
    case spentFLOPs = "spent_flops"
    case inFlightFLOPs = "in_flight_flops"
    case spentGPUHours = "spent_gpu_hours"
    case share
    case pausedGrids = "paused_grids"
  }
}

/// `GET /v1/nodes`: a host whose workers have failed lately.
public struct NodeStatus: Hashable, Codable, Sendable {
  public var host: String
  /// In a row, of different runs.
  public var failures: Int
  /// The last run that failed there, and how.
  public var run: Int64
  public var reason: String
  /// Until when nothing is leased there, milliseconds since 1970; none where it was not set aside.
  public var setAsideUntil: Int64?

  public init(host: String, failures: Int, run: Int64, reason: String, setAsideUntil: Int64?) {
    self.host = host
    self.failures = failures
    self.run = run
    self.reason = reason
    self.setAsideUntil = setAsideUntil
  }

  private enum CodingKeys: String, CodingKey {
    case host, failures, run, reason
    case setAsideUntil = "set_aside_until"
  }
}

/// The reply to `POST /v1/nodes/{host}/clear`.
public struct ClearReply: Hashable, Codable, Sendable {
  /// Whether there was anything to forget.
  public var cleared: Bool

  public init(cleared: Bool) { self.cleared = cleared }
}
