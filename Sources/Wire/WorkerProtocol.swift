public import Experiment

/// `PUT /v1/workers/{id}`: a worker introduces itself; repeating it changes nothing.
public struct WorkerRegistration: Hashable, Codable, Sendable {
  /// Chosen by the worker at its start, unique.
  public var id: String
  public var host: String
  public var pid: Int
  /// Trainers that it runs side by side.
  public var slots: Int
  public var version: String
  /// Where it keeps what its attempts write; none from older programs.
  public var folder: RunFolder?

  public init(
    id: String, host: String, pid: Int, slots: Int, version: String, folder: RunFolder? = nil
  ) {
    self.id = id
    self.host = host
    self.pid = pid
    self.slots = slots
    self.version = version
    self.folder = folder
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
  /// The earlier attempts whose recorded checkpoints this worker's run folder holds, newest first;
  /// none when the worker has not declared its folder.
  public var earlier: [Int]?

  public init(run: Int64, epoch: Int, spec: RunSpec, earlier: [Int]? = nil) {
    self.run = run
    self.epoch = epoch
    self.spec = spec
    self.earlier = earlier
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
  /// The trainer broke; costs a retry.
  case failed(Failure)
  /// The worker gives the run back unharmed; costs nothing.
  case released(reason: String)

  /// What went wrong, for the retry rule and for people.
  public struct Failure: Hashable, Codable, Sendable {
    public enum Class: String, Codable, Sendable, CaseIterable {
      /// It exited with a code other than 0 and 75, or without `finished`.
      case code
      /// A signal ended it that the worker did not send.
      case signal
      /// Its output was no trainer event.
      case `protocol`
      /// It could not be started.
      case start
      /// Its worker was killed; costs no retry, but five of them end the run.
      case lost
    }

    public var kind: Class
    /// The exit code or signal number, and the last lines of the log.
    public var message: String

    public init(kind: Class, message: String) {
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
    case .failed: self = .failed(try Failure(from: decoder))
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
