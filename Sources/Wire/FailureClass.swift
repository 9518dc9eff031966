/// Why an attempt ended without a result. The class decides what becomes of the run.
public enum FailureClass: String, Codable, Sendable, CaseIterable {
  /// The loss left the range of a model that learns: an outcome, and final.
  case diverged
  /// The trainer exited with a code other than 0 and 75, or without `finished`.
  case code
  /// A signal ended it that the worker did not send.
  case signal
  /// It asked for more memory than there was, on the machine or on the GPU.
  case outOfMemory = "out_of_memory"
  /// Its output was no trainer event.
  case `protocol`
  /// It could not be started.
  case start
  /// The machine is at fault: a full disk, a GPU that is gone.
  case node
  /// The worker's allocation was over.
  case walltime
  /// The worker was told to leave.
  case preempted
  /// The worker was not heard of any more.
  case lost

  /// What a failure costs its run.
  public enum Cost: Hashable, Sendable {
    /// The run has ended.
    case final
    /// One of its retries.
    case retry
    /// Nothing, but five of them make the run `failed`: it may be what breaks its workers.
    case loss
    /// Nothing.
    case nothing
  }

  /// What it costs.
  public var cost: Cost {
    switch self {
    case .diverged: .final
    case .code, .signal, .outOfMemory, .protocol, .start: .retry
    case .node, .lost: .loss
    case .walltime, .preempted: .nothing
    }
  }

  /// Whether the machine is suspected: two such failures in a row, of different runs, set it aside.
  public var accusesNode: Bool { self == .node || self == .start }

  /// Whether a worker may say so of an attempt that failed; divergence has an outcome of its own. That
  /// a worker was killed is said by the one that starts in its place.
  public var isReported: Bool { self != .diverged }
}
