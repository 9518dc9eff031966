import Experiment
import Testing
import Wire

@testable import Registry

@Suite("A checkpoint counts once a report has said so, for those who can read it")
struct CheckpointRowTests {
  private static let here = RunFolder(id: "f", node: "one", isShared: false)

  private func folder(_ id: String, _ node: String, shared: Bool) -> RunFolder {
    RunFolder(id: id, node: node, isShared: shared)
  }

  private func checkpoint(_ step: Int) -> TrainerEvent {
    .checkpoint(.init(step: step, path: "checkpoints/\(step)"))
  }

  /// A run whose first attempt, in `folder`, left a checkpoint and was given back.
  private func left(in folder: RunFolder?) async throws -> Ledger {
    let ledger = try await Ledger()
    try await ledger.register(folder: folder)
    try await ledger.submit([1])
    #expect(try await ledger.leaseNext()?.earlier == [])
    _ = try await ledger.report(1, epoch: 1, [checkpoint(20), checkpoint(40)])
    try await ledger.end(1, epoch: 1, sequence: 2, Ledger.released)
    return ledger
  }

  @Test("the row is the newest of its attempt, and no late report makes one")
  func rows() async throws {
    let ledger = try await left(in: Self.here)
    let row = ["1", "1", "40", "checkpoints/40", "one", "w"]
    let query = "SELECT run, epoch, step, path, node, worker FROM checkpoints"
    #expect(try await ledger.rows(query) == [row])
    await #expect(throws: RegistryError.self) {
      _ = try await ledger.report(1, epoch: 1, sequence: 3, [checkpoint(60)])
    }
    #expect(try await ledger.rows(query) == [row])
    #expect(try await ledger.leaseNext()?.earlier == [1])
    try await ledger.end(1, epoch: 2, Ledger.finished)
    #expect(try await ledger.rows(query) == [], "nothing resumes a finished run")
  }

  @Test("an attempt without a checkpoint is no place to resume from")
  func none() async throws {
    let ledger = try await Ledger()
    try await ledger.register(folder: Self.here)
    try await ledger.submit([1])
    for _ in 1...2 {
      let lease = try #require(try await ledger.leaseNext())
      #expect(lease.earlier == [])
      try await ledger.end(1, epoch: lease.epoch, Ledger.released)
    }
  }

  @Test("a local folder counts on its own node, a shared one for all that declare it so")
  func places() async throws {
    let cases: [(left: RunFolder, asks: RunFolder, found: [Int])] = [
      (Self.here, Self.here, [1]),
      (Self.here, folder("f", "two", shared: false), []),
      (Self.here, folder("f", "two", shared: true), []),
      (Self.here, folder("g", "one", shared: false), []),
      (folder("f", "one", shared: true), folder("f", "two", shared: true), [1]),
      (folder("f", "one", shared: true), folder("f", "two", shared: false), []),
      (folder("f", "one", shared: true), folder("f", "one", shared: false), [1]),
      (folder("f", "one", shared: true), folder("g", "two", shared: true), []),
    ]
    for (left, asks, found) in cases {
      let ledger = try await self.left(in: left)
      try await ledger.register("other", folder: asks)
      let lease = try #require(try await ledger.leaseNext(worker: "other"))
      #expect(lease.epoch == 2 && lease.earlier == found, "\(left) then \(asks)")
      let again = try await ledger.registry.lease(
        LeaseRequest(worker: "other", request: "other/2"), now: ledger.tick(),
        leaseDuration: Ledger.lease)
      #expect(again == lease)
    }
  }

  @Test("an older worker, which declares no folder, is told nothing and looks for itself")
  func undeclared() async throws {
    let ledger = try await left(in: nil)
    #expect(try await ledger.rows("SELECT * FROM checkpoint") == [])
    let lease = try #require(try await ledger.leaseNext())
    #expect(lease.epoch == 2 && lease.earlier == nil)
  }

  @Test("they need not be kept once a run has ended, a failed or cancelled one a day later")
  func expired() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3, 4, 5])
    for outcome in [Ledger.finished, Ledger.diverged, Ledger.failed] {
      let lease = try #require(try await ledger.leaseNext())
      try await ledger.end(lease.run, epoch: 1, outcome, retries: 0)
    }
    try await ledger.registry.cancel(runs: [4], now: ledger.tick())
    let kept = (1...5).map {
      KeptCheckpoints.Run(
        run: $0, specSHA256: SHA256.hex(of: Ledger.spec(seed: UInt64($0)).canonical))
    }
    func expired(_ kept: [KeptCheckpoints.Run], after time: Int64) async throws -> [Int64] {
      try await ledger.registry.expiredCheckpoints(
        KeptCheckpoints(runs: kept), now: ledger.now + time)
    }
    #expect(try await expired(kept, after: 23 * 3_600_000) == [1, 2])
    #expect(try await expired(kept, after: 25 * 3_600_000) == [1, 2, 3, 4])
    // Another daemon's run of the same number.
    #expect(try await expired([.init(run: 1, specSHA256: "0")], after: 0) == [])
    #expect(try await expired([.init(run: 77, specSHA256: "0")], after: 0) == [])
  }
}
