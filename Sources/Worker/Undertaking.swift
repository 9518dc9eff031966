import Supervision
import Wire

/// A part of an attempt that takes its time, and can be ended from outside.
protocol Undertaking: Sendable {
  associatedtype Ending: Sendable

  /// Returns when it has ended, by itself or because it was asked to.
  func run() async -> Ending
  /// Asks it to save what it has done and to go on.
  func requestCheckpoint()
  /// Asks it to end in peace, so that the run can be taken up elsewhere.
  func release(reason: String)
  /// Ends it at once: nothing of it counts any more.
  func stop(reason: String)
}

extension TrainerProcess: Undertaking {}
