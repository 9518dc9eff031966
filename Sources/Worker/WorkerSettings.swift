import Foundation
import Wire

/// What one worker is told at its start.
struct WorkerSettings: Sendable {
  /// Unique to this process.
  var id: String
  var host: String
  /// Trainers side by side.
  var slots: Int
  /// Prepared corpora.
  var data: URL
  /// Run directories are made here, as RUN/EPOCH.
  var runs: URL
  var trainers: TrainerCatalogue
  /// The environment of the trainers.
  var environment: [String: String]
  /// How long a trainer may take to leave after SIGTERM.
  var grace: Duration
  /// What the daemon is told of `runs`; an older worker's silence without.
  var folder: RunFolder?
  /// How long trainers go on without a word from the daemon.
  var orphanLimit: Duration = .seconds(3600)
  /// How long a leaving worker tries to tell the daemon.
  var farewell: Duration = .seconds(3)
  /// How long the daemon may hold a lease request, seconds.
  var leaseWait: Double = 20
}
