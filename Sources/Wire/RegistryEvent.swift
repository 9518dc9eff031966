/// One entry of the registry's event table: something that happened, in order.
public struct RegistryEvent: Hashable, Codable, Sendable {
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case gridSubmitted = "grid_submitted"
    /// The laws that it waited for are there, and so are its runs.
    case gridExpanded = "grid_expanded"
    /// Every run has ended and what it fits has been fitted, or could not be.
    case gridSettled = "grid_settled"
    /// Finished runs from elsewhere, as a grid.
    case runsImported = "runs_imported"
    case runLeased = "run_leased"
    /// Its trainer says that something deserves a look.
    case runWarned = "run_warned"
    case runFinished = "run_finished"
    case runDiverged = "run_diverged"
    case runFailed = "run_failed"
    case runCancelled = "run_cancelled"
    /// Back in the queue: given back, failed with retries left, or retried by a person.
    case runRequeued = "run_requeued"
    /// Its worker let the lease lapse.
    case runLost = "run_lost"
    /// The worker of a lapsed lease was heard again before anybody took the run.
    case runRevived = "run_revived"
    case workerJoined = "worker_joined"
    case workerLeft = "worker_left"
    case lawRecorded = "law_recorded"
    /// How a study or a grid is scheduled: paused, resumed, a limit or a priority set.
    case schedulingChanged = "scheduling_changed"
    /// A host whose workers fail gets no more runs for a while.
    case nodeSetAside = "node_set_aside"
    case nodeCleared = "node_cleared"
    /// A suite's numbers for a checkpoint of the run.
    case evaluationRecorded = "evaluation_recorded"
    case tokenCreated = "token_created"
    case tokenRevoked = "token_revoked"
  }

  /// Rises by at least one with each event.
  public var sequence: Int64
  /// Milliseconds since 1970.
  public var at: Int64
  public var kind: Kind
  public var study: String?
  public var grid: Int64?
  public var run: Int64?
  public var epoch: Int?
  public var worker: String?
  /// The facts of this kind of event.
  public var detail: [String: Table.Value]

  public init(
    sequence: Int64, at: Int64, kind: Kind, study: String?, grid: Int64?, run: Int64?, epoch: Int?,
    worker: String?, detail: [String: Table.Value]
  ) {
    self.sequence = sequence
    self.at = at
    self.kind = kind
    self.study = study
    self.grid = grid
    self.run = run
    self.epoch = epoch
    self.worker = worker
    self.detail = detail
  }
}
