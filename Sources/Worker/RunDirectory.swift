import Experiment
import Foundation
import Wire

/// Where one attempt works: RUNS/RUN/EPOCH, so that two attempts at a run never write to one place.
struct RunDirectory: Sendable {
  let url: URL

  /// Makes the folder and writes the run spec into it.
  init(for lease: Lease, under runs: URL) throws {
    url = runs.appending(path: "\(lease.run)/\(lease.epoch)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try Data(lease.spec.canonical.utf8).write(
      to: url.appending(path: "spec.json"), options: .atomic)
  }

  /// What the attempt has not delivered yet.
  var spool: URL { url.appending(path: Self.spoolName) }

  static let spoolName = "spool.jsonl"
}
