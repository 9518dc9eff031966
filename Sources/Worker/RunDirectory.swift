import Experiment
import Foundation
import Wire

/// Where one attempt works: RUNS/RUN/EPOCH, so that two attempts at a run never write to one place.
struct RunDirectory: Sendable {
  let url: URL

  /// Makes the folder and writes the run spec into it.
  init(for lease: Lease, under runs: URL) throws {
    self.init(run: lease.run, epoch: lease.epoch, under: runs)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    try Data(lease.spec.canonical.utf8).write(
      to: url.appending(path: Self.specName), options: .atomic)
  }

  /// The place of an attempt, there or not.
  init(run: Int64, epoch: Int, under runs: URL) {
    url = runs.appending(path: "\(run)/\(epoch)")
  }

  /// What the attempt has not delivered yet.
  var spool: URL { url.appending(path: Self.spoolName) }

  /// The folders of earlier attempts at the same run on this machine, newest first, as seen from
  /// this one: `../2`.
  var earlier: [String] {
    let run = url.deletingLastPathComponent()
    // Another daemon's run of the same number may have worked in the same place.
    guard let own = Int(url.lastPathComponent), let spec = spec(in: url) else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: run.path)) ?? []
    return names.compactMap { Int($0) }
      .filter { $0 < own && self.spec(in: run.appending(path: "\($0)")) == spec }
      .sorted(by: >).map { "../\($0)" }
  }

  /// Deletes what this attempt and the earlier ones left to resume from, if the run has ended for good
  /// and that is recorded.
  func clear(after outcome: Outcome) {
    switch outcome {
    case .finished, .diverged: break
    case .failed, .released: return
    }
    for attempt in ["."] + earlier {
      try? FileManager.default.removeItem(at: url.appending(path: "\(attempt)/checkpoints"))
    }
  }

  private func spec(in folder: URL) -> Data? {
    try? Data(contentsOf: folder.appending(path: Self.specName))
  }

  static let spoolName = "spool.jsonl"
  static let specName = "spec.json"
}
