public import Experiment

/// `PUT /v1/workers/{id}`: a worker introduces itself; repeating it changes nothing.
public struct WorkerRegistration: Hashable, Codable, Sendable {
  /// Chosen by the worker at its start, unique.
  public var id: String
  public var host: String
  public var pid: Int
  /// CPU slots: trainers of one slot that it runs side by side.
  public var slots: Int
  public var version: String
  /// What it has beside its slots.
  public var offer: WorkerOffer
  /// Where it keeps what its attempts write; none from older programs.
  public var folder: RunFolder?

  public init(
    id: String, host: String, pid: Int, slots: Int, version: String, offer: WorkerOffer = .init(),
    folder: RunFolder? = nil
  ) {
    self.id = id
    self.host = host
    self.pid = pid
    self.slots = slots
    self.version = version
    self.offer = offer
    self.folder = folder
  }

  private enum CodingKeys: String, CodingKey { case id, host, pid, slots, version, offer, folder }

  /// A worker that does not say what it offers has its slots alone.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    host = try container.decode(String.self, forKey: .host)
    pid = try container.decode(Int.self, forKey: .pid)
    slots = try container.decode(Int.self, forKey: .slots)
    version = try container.decode(String.self, forKey: .version)
    offer = try container.decodeIfPresent(WorkerOffer.self, forKey: .offer) ?? WorkerOffer()
    folder = try container.decodeIfPresent(RunFolder.self, forKey: .folder)
  }
}

/// What a worker has beside its CPU slots.
public struct WorkerOffer: Hashable, Codable, Sendable {
  /// GPUs by type, as `h100`.
  public var gpus: [String: Int]
  /// Bytes.
  public var memory: Int
  /// Machines that it spans.
  public var nodes: Int
  public var labels: [String]
  /// The trainers that it can start, by name.
  public var trainers: [String]
  /// When its allocation ends, milliseconds since 1970.
  public var walltimeEnd: Int64?

  public init(
    gpus: [String: Int] = [:], memory: Int = 0, nodes: Int = 1, labels: [String] = [],
    trainers: [String] = ["native"], walltimeEnd: Int64? = nil
  ) {
    self.gpus = gpus
    self.memory = memory
    self.nodes = nodes
    self.labels = labels
    self.trainers = trainers
    self.walltimeEnd = walltimeEnd
  }

  private enum CodingKeys: String, CodingKey {
    case gpus, memory, nodes, labels, trainers
    case walltimeEnd = "walltime_end"
  }
}

/// The reply to a registration: the clock that the worker keeps.
public struct WorkerWelcome: Hashable, Codable, Sendable {
  /// A lease lapses this long after the last report that the daemon saw.
  public var leaseSeconds: Double
  /// How often to report at least.
  public var reportSeconds: Double

  public init(leaseSeconds: Double, reportSeconds: Double) {
    self.leaseSeconds = leaseSeconds
    self.reportSeconds = reportSeconds
  }

  private enum CodingKeys: String, CodingKey {
    case leaseSeconds = "lease_seconds"
    case reportSeconds = "report_seconds"
  }
}

/// `POST /v1/leases`: a slot asks for a run. The same `request` gets the same lease again, so that a
/// lost reply costs nothing.
public struct LeaseRequest: Hashable, Codable, Sendable {
  public var worker: String
  /// Unique for each wish, not for each try.
  public var request: String
  /// How long the daemon may hold the reply while the queue is empty.
  public var waitSeconds: Double

  public init(worker: String, request: String, waitSeconds: Double = 0) {
    self.worker = worker
    self.request = request
    self.waitSeconds = waitSeconds
  }

  private enum CodingKeys: String, CodingKey {
    case worker, request
    case waitSeconds = "wait_seconds"
  }
}

/// The right to execute a run until it lapses.
public struct Lease: Hashable, Codable, Sendable {
  public var run: Int64
  /// The fence: what another epoch reports is refused.
  public var epoch: Int
  public var spec: RunSpec
  /// What the run holds of its worker.
  public var grant: Grant
  /// The earlier attempts whose recorded checkpoints this worker's run folder holds, newest first;
  /// none when the worker has not declared its folder.
  public var earlier: [Int]?

  public init(
    run: Int64, epoch: Int, spec: RunSpec, grant: Grant = .init(), earlier: [Int]? = nil
  ) {
    self.run = run
    self.epoch = epoch
    self.spec = spec
    self.grant = grant
    self.earlier = earlier
  }

  /// What one attempt holds of its worker.
  public struct Grant: Hashable, Codable, Sendable {
    /// CPU slots.
    public var cpus: Int
    public var gpus: Int
    /// Their type.
    public var gpuType: String?

    public init(cpus: Int = 1, gpus: Int = 0, gpuType: String? = nil) {
      self.cpus = cpus
      self.gpus = gpus
      self.gpuType = gpuType
    }

    private enum CodingKeys: String, CodingKey {
      case cpus, gpus
      case gpuType = "gpu_type"
    }
  }
}

/// The reply to a lease request, and to an outcome that asked for more.
public struct LeaseReply: Hashable, Codable, Sendable {
  /// None while nothing is queued.
  public var lease: Lease?

  public init(lease: Lease?) { self.lease = lease }
}

/// `POST /v1/reports`: what a trainer said since the last report; also the lease's heartbeat.
public struct Report: Hashable, Codable, Sendable {
  public var run: Int64
  public var epoch: Int
  /// From 1, one more each report; a repeat is answered alike and recorded once.
  public var sequence: Int
  public var events: [TrainerEvent]

  public init(run: Int64, epoch: Int, sequence: Int, events: [TrainerEvent]) {
    self.run = run
    self.epoch = epoch
    self.sequence = sequence
    self.events = events
  }
}

/// The reply to a report.
public struct ReportReply: Hashable, Codable, Sendable {
  public enum Directive: String, Codable, Sendable {
    /// Go on.
    case `continue`
    /// Write a checkpoint and go on.
    case checkpoint
    /// End the trainer: the run was cancelled.
    case stop
  }

  public var directive: Directive

  public init(directive: Directive) { self.directive = directive }
}

/// How an attempt ended.
public enum Outcome: Hashable, Sendable {
  case finished(TrainerEvent.Finished)
  case diverged(TrainerEvent.Diverged)
  /// The trainer broke; its class says what that costs.
  case failed(Failure)
  /// The worker gives the run back unharmed; costs nothing.
  case released(reason: String)

  /// What went wrong, for the retry rule and for people.
  public struct Failure: Hashable, Codable, Sendable {
    public var kind: FailureClass
    /// The exit code or signal number, and the last lines of the log.
    public var message: String

    public init(kind: FailureClass, message: String) {
      self.kind = kind
      self.message = message
    }
  }
}

extension Outcome: Codable {
  private enum Name: String, Codable { case finished, diverged, failed, released }
  private enum CodingKeys: String, CodingKey { case outcome, reason }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(Name.self, forKey: .outcome) {
    case .finished: self = .finished(try TrainerEvent.Finished(from: decoder))
    case .diverged: self = .diverged(try TrainerEvent.Diverged(from: decoder))
    case .failed:
      let failure = try Failure(from: decoder)
      guard failure.kind.isReported else {
        throw DecodingError.dataCorruptedError(
          forKey: .outcome, in: container,
          debugDescription: "no attempt fails as '\(failure.kind.rawValue)'")
      }
      self = .failed(failure)
    case .released: self = .released(reason: try container.decode(String.self, forKey: .reason))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .finished(let finished):
      try container.encode(Name.finished, forKey: .outcome)
      try finished.encode(to: encoder)
    case .diverged(let diverged):
      try container.encode(Name.diverged, forKey: .outcome)
      try diverged.encode(to: encoder)
    case .failed(let failure):
      try container.encode(Name.failed, forKey: .outcome)
      try failure.encode(to: encoder)
    case .released(let reason):
      try container.encode(Name.released, forKey: .outcome)
      try container.encode(reason, forKey: .reason)
    }
  }
}

/// `POST /v1/outcomes`: the last report of an attempt, and the wish for the next run, in one
/// transaction. A repeat gets the same answer.
public struct OutcomeReport: Hashable, Codable, Sendable {
  /// The events that no report has carried yet, with the run, epoch and sequence.
  public var report: Report
  public var outcome: Outcome
  /// The slot's next wish; none when the worker is leaving.
  public var next: LeaseRequest?

  public init(report: Report, outcome: Outcome, next: LeaseRequest?) {
    self.report = report
    self.outcome = outcome
    self.next = next
  }
}
