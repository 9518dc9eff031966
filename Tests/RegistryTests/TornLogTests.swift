import Foundation
import Testing
import Wire

@testable import Registry

@Suite("A write-ahead log that was torn or damaged")
struct TornLogTests {
  /// The files of a registry as they lie while it is open, and what was in it after each commit.
  private struct Snapshot {
    var file: Data
    var log: Data
    var states: [Ledger.Dump]
  }

  /// A history of a run, nothing of it in the main file yet but the schema.
  private static func snapshot() async throws -> Snapshot {
    let ledger = try await Ledger()
    try await ledger.registry.checkpoint()
    var states = [try await ledger.dump()]
    try await ledger.submit([1, 2])
    states.append(try await ledger.dump())
    for run in [1, 2] as [Int64] {
      let lease = try #require(try await ledger.leaseNext())
      #expect(lease.run == run)
      states.append(try await ledger.dump())
      for sequence in 1...3 {
        let steps = (0..<100).map {
          TrainerEvent.step(.init(step: 100 * sequence + $0, tokens: 1, loss: 0.1))
        }
        _ = try await ledger.report(run, epoch: 1, sequence: sequence, steps)
        states.append(try await ledger.dump())
      }
      try await ledger.end(run, epoch: 1, sequence: 4, Ledger.finished)
      states.append(try await ledger.dump())
    }
    return Snapshot(
      file: try Data(contentsOf: URL(filePath: ledger.path)),
      log: try Data(contentsOf: URL(filePath: ledger.path + "-wal")), states: states)
  }

  /// Opens a registry of these files; which of the states it is in. It has to be sound.
  private static func recovered(_ snapshot: Snapshot, log: Data) async throws -> Int? {
    let folder = FileManager.default.temporaryDirectory.appending(path: "torn-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "registry.db")
    try snapshot.file.write(to: file)
    try log.write(to: URL(filePath: file.path + "-wal"))
    let registry = try Registry.open(file.path)
    defer { try? registry.close() }
    let inspection = try await registry.inspect()
    #expect(inspection.isSound, "\(inspection.violations)")
    let state = try await Ledger.dump(of: registry)
    return snapshot.states.firstIndex(of: state)
  }

  @Test("leaves what was committed before the tear, whole, however short the log is")
  func torn() async throws {
    let snapshot = try await Self.snapshot()
    var dice = Dice(state: 1)
    let lengths = (0..<24).map { _ in Int.random(in: 0...snapshot.log.count, using: &dice) }
    var last = 0
    for length in [0] + lengths.sorted() + [snapshot.log.count] {
      let state = try await Self.recovered(snapshot, log: snapshot.log.prefix(length))
      let found = try #require(state, "\(length) bytes of the log make a state that never was")
      #expect(found >= last, "a longer log never gives less")
      last = found
    }
    #expect(last == snapshot.states.count - 1, "the whole log gives everything")
  }

  @Test("ends at the first damaged frame: no bit of it, nor of what came after, is taken")
  func damaged() async throws {
    let snapshot = try await Self.snapshot()
    var dice = Dice(state: 2)
    var found: Set<Int> = []
    for _ in 0..<16 {
      var log = snapshot.log
      log[Int.random(in: 0..<log.count, using: &dice)] ^= 1 << UInt8.random(in: 0...7, using: &dice)
      found.insert(
        try #require(
          try await Self.recovered(snapshot, log: log), "damage makes a state that never was"))
    }
    #expect(found.count > 3, "\(found)")
  }
}
