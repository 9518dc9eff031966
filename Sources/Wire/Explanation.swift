public import Experiment

/// `GET /v1/runs/{id}/explanation`: why a run is not running, or that it is.
public struct Explanation: Hashable, Codable, Sendable {
  public var run: Int64
  public var state: RunState
  /// Everything that stands in its way; empty when the next worker that asks gets it.
  public var reasons: [Reason]
  /// Workers that could take it now, were it next.
  public var ready: [String]

  public init(run: Int64, state: RunState, reasons: [Reason], ready: [String] = []) {
    self.run = run
    self.state = state
    self.reasons = reasons
    self.ready = ready
  }
}

/// `GET /v1/grids/{id}/explanation`: why nothing of a grid is running.
public struct GridExplanation: Hashable, Codable, Sendable {
  public var grid: Int64
  /// The laws that it waits for, or why it will never have runs.
  public var reasons: [Reason]
  /// Its runs by state.
  public var counts: [String: Int]
  /// Of its first run in the queue.
  public var next: Explanation?

  public init(grid: Int64, reasons: [Reason], counts: [String: Int], next: Explanation?) {
    self.grid = grid
    self.reasons = reasons
    self.counts = counts
    self.next = next
  }
}

/// One reason why something is not running, with its facts. Times are milliseconds since 1970.
public enum Reason: Hashable, Sendable {
  /// A worker has it: it is running.
  case leased(worker: String, epoch: Int, since: Int64)
  /// It has ended.
  case ended(state: RunState, failure: FailureClass?, message: String?)
  /// The grid has no runs before an earlier one has fitted this law.
  case waitsForLaw(law: String, grid: String)
  /// The grid's laws could not be fitted, or it could not be expanded with them.
  case stuck(problem: String)
  case studyPaused(study: String)
  case gridPaused(grid: String)
  /// The study has as many runs at once as it may.
  case concurrency(study: String, running: Int, limit: Int)
  /// The study's budget is spent, what its running attempts will come to included.
  case budget(study: String, budget: Budget, spent: Double, inFlight: Double, limit: Double)
  /// It may not start yet.
  case notBefore(at: Int64, because: Delay)
  /// No worker is connected.
  case noWorker
  /// No worker has what it asks for; the nearest one lacks this.
  case noFit(workers: Int, nearest: String, lacks: [Shortfall])
  /// Workers that have it are busy.
  case busy(workers: Int, nearest: String, lacks: [Shortfall])
  /// Workers that have it end too soon for its time, seconds.
  case walltime(workers: Int, needs: Double, longest: Double)
  /// Workers that have it are on a host that is set aside.
  case setAside(host: String, until: Int64, cause: String)
  /// Runs are ahead of it.
  case ahead(byPriority: Int, byShare: Int, byOrder: Int)

  /// What a budget counts.
  public enum Budget: String, Codable, Sendable {
    case flops
    case gpuHours = "gpu_hours"
  }

  /// What makes a run wait for a time.
  public enum Delay: String, Codable, Sendable {
    /// The grid says so.
    case grid
    /// It failed, and is tried again after a pause.
    case retry
  }
}
