import Foundation
import Wire

/// What one worker is told at its start.
struct WorkerSettings: Sendable {
  /// Unique to this process.
  var id: String
  var host: String
  /// CPU slots: trainers of one slot side by side.
  var slots: Int
  /// What it has beside them.
  var offer = WorkerOffer()
  var gpus = GPUPool([])
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

  /// The environment of the trainer of one run: its slots and its GPUs. A slot is one core unless the
  /// worker's own environment says otherwise.
  func environment(for grant: Lease.Grant, devices: [String]) -> [String: String] {
    var environment = environment
    environment["OMP_NUM_THREADS"] = environment["OMP_NUM_THREADS"] ?? "\(grant.cpus)"
    if grant.gpus > 0 || !offer.gpus.isEmpty {
      environment["CUDA_VISIBLE_DEVICES"] = devices.joined(separator: ",")
    }
    return environment
  }
}
