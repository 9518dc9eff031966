import Experiment
import Foundation
import Wire

/// Where one attempt works: RUNS/RUN/EPOCH, so that two attempts at a run never write to one place.
struct RunDirectory: Sendable {
  let run: Int64
  let epoch: Int
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
    self.run = run
    self.epoch = epoch
    url = runs.appending(path: "\(run)/\(epoch)")
  }

  /// Every attempt that has a place under `runs`.
  static func all(under runs: URL) -> [RunDirectory] {
    func names(in folder: URL) -> [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    }
    return names(in: runs).compactMap { Int64($0) }.flatMap { run in
      names(in: runs.appending(path: "\(run)")).compactMap { Int($0) }
        .map { RunDirectory(run: run, epoch: $0, under: runs) }
    }
  }

  /// What the attempt has not delivered yet.
  var spool: URL { url.appending(path: Self.spoolName) }

  /// Whether it left something to resume from.
  var hasCheckpoints: Bool { FileManager.default.fileExists(atPath: checkpoints.path) }

  /// Of the spec that it was made for; of nothing when there is none.
  var specSHA256: String { SHA256.hex(of: spec ?? Data()) }

  /// The folders of the earlier attempts of `epochs` at the same run, newest first, as seen from this
  /// one: `../2`; of all that there are when the daemon has named none.
  func earlier(of epochs: [Int]? = nil) -> [String] {
    predecessors.filter { epochs?.contains($0.epoch) ?? true }.map { "../\($0.epoch)" }
  }

  /// Deletes what this attempt and the earlier ones left to resume from, if the run has ended for good
  /// and that is recorded.
  func clear(after outcome: Outcome) {
    switch outcome {
    case .finished, .diverged: break
    case .failed, .released: return
    }
    for attempt in [self] + predecessors { attempt.removeCheckpoints() }
  }

  func removeCheckpoints() { try? FileManager.default.removeItem(at: checkpoints) }

  /// The earlier attempts at the same run, newest first.
  private var predecessors: [RunDirectory] {
    let runs = url.deletingLastPathComponent().deletingLastPathComponent()
    let folder = url.deletingLastPathComponent()
    // Another daemon's run of the same number may have worked in the same place.
    guard let spec else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { Int($0) }.filter { $0 < epoch }.sorted(by: >)
      .map { RunDirectory(run: run, epoch: $0, under: runs) }
      .filter { $0.spec == spec }
  }

  private var checkpoints: URL { url.appending(path: "checkpoints") }

  private var spec: Data? { try? Data(contentsOf: url.appending(path: Self.specName)) }

  static let spoolName = "spool.jsonl"
  static let specName = "spec.json"
}
