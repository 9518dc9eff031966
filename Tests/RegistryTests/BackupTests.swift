import Foundation
import GRDB
import Testing
import Wire

@testable import Registry

@Suite("A registry is backed up while it is in use, and restored")
struct BackupTests {
  /// Files beside the registry that begin with `prefix`.
  private func files(_ ledger: Ledger, _ prefix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: ledger.folder.path)
      .filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// A file of SQLite's that is no registry.
  private func makeDatabase(_ path: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: "CREATE TABLE t (x)") }
    try queue.close()
  }

  @Test("a copy that is made between writes is whole and consistent")
  func online() async throws {
    let ledger = try await Ledger()
    try await ledger.submit(Array(1...40))
    let registry = ledger.registry
    let writes = Task {
      for index in 0..<40 {
        guard
          let lease = try await registry.lease(
            LeaseRequest(worker: Ledger.worker, request: "b\(index)"), now: 2_000_000,
            leaseDuration: Ledger.lease)
        else { break }
        _ = try await registry.outcome(
          OutcomeReport(
            report: Report(run: lease.run, epoch: lease.epoch, sequence: 1, events: []),
            outcome: Ledger.finished, next: nil), now: 2_000_001, leaseDuration: Ledger.lease)
      }
    }
    for index in 0..<4 {
      let copy = ledger.folder.appending(path: "copy-\(index).db").path
      try Registry.backUp(ledger.path, to: copy)
      let found = try await Registry.openReadOnly(copy).inspect()
      #expect(found.isSound, "\(found)")
    }
    try await writes.value
    #expect(try files(ledger, "copy").allSatisfy { !$0.contains("partial") })
  }

  @Test("a file that is there is replaced only when that is asked for, and not half")
  func replacing() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let copy = ledger.folder.appending(path: "copy.db").path
    try Registry.backUp(ledger.path, to: copy)
    try await ledger.submit([2], grid: "second")
    #expect(throws: RegistryError.fileExists(copy)) { try Registry.backUp(ledger.path, to: copy) }
    #expect(throws: RegistryError.fileExists(ledger.path)) {
      try Registry.backUp(ledger.path, to: ledger.path, replacing: true)
    }
    #expect(try Sample.rows("SELECT count(*) FROM run", at: copy)[0] == ["1"])
    try Registry.backUp(ledger.path, to: copy, replacing: true)
    #expect(try Sample.rows("SELECT count(*) FROM run", at: copy)[0] == ["2"])
  }

  @Test("what is no registry, damaged or has no room is refused, and leaves nothing behind")
  func refused() async throws {
    let ledger = try await Ledger()
    let copy = ledger.folder.appending(path: "copy.db").path
    #expect(throws: RegistryError.self) {
      try Registry.backUp(ledger.path + ".missing", to: copy)
    }
    let other = ledger.folder.appending(path: "other.db").path
    try makeDatabase(other)
    #expect(throws: RegistryError.cannotOpen(path: other, reason: "it is no registry")) {
      try Registry.backUp(other, to: copy)
    }
    let broken = try Sample()
    try Damage.overwrite(broken.path)
    #expect {
      try Registry.backUp(broken.path, to: copy)
    } throws: { error in
      if case RegistryError.damaged(broken.path, _) = error { true } else { false }
    }
    #expect {
      try Registry.backUp(ledger.path, to: "/nowhere/copy.db")
    } throws: { error in
      if case RegistryError.cannotCopy("/nowhere/copy.db", _) = error { true } else { false }
    }
    #expect(try files(ledger, "copy").isEmpty)
  }

  @Test("restoring puts the copy in place and keeps the old file under a name that is told")
  func restore() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let copy = ledger.folder.appending(path: "copy.db").path
    try Registry.backUp(ledger.path, to: copy)
    try await ledger.submit([2, 3], grid: "second")
    #expect(throws: RegistryError.self) { try Registry.restore(copy, to: ledger.path) }
    #expect(try await ledger.rows("SELECT count(*) FROM run") == [["3"]])

    let path = ledger.folder.appending(path: "moved.db").path
    try Registry.backUp(ledger.path, to: path)
    let aside = try #require(try Registry.restore(copy, to: path))
    #expect(aside == path + ".replaced")
    #expect(try Sample.rows("SELECT count(*) FROM run", at: aside)[0] == ["3"])
    #expect(try Registry.restore(copy, to: path) == path + ".replaced-2")
    let registry = try Registry.open(path)
    #expect(try await registry.inspect().isSound)
    #expect(try await registry.status().studies.count == 1)
  }

  @Test("a registry that was lost or is damaged is restored; its log is not read into the new one")
  func damaged() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let copy = ledger.folder.appending(path: "copy.db").path
    try Registry.backUp(ledger.path, to: copy)
    let lost = ledger.folder.appending(path: "lost.db").path
    #expect(try Registry.restore(copy, to: lost) == nil)
    try Data(repeating: 7, count: 100_000).write(to: URL(filePath: lost))
    try Data(repeating: 9, count: 50_000).write(to: URL(filePath: lost + "-wal"))
    let aside = try #require(try Registry.restore(copy, to: lost))
    #expect(FileManager.default.contents(atPath: aside)?.count == 100_000)
    let registry = try Registry.open(lost)
    #expect(try await registry.inspect().isSound)
    #expect(try files(ledger, "lost").allSatisfy { !$0.contains("restoring") })
  }

  @Test("a damaged backup is refused, and the registry stays")
  func damagedBackup() async throws {
    let sample = try Sample()
    let copy = sample.folder.appending(path: "copy.db").path
    try Registry.backUp(sample.path, to: copy)
    try Damage.overwrite(copy)
    #expect {
      try Registry.restore(copy, to: sample.path)
    } throws: { error in
      if case RegistryError.damaged = error { true } else { false }
    }
    #expect(try Sample.rows("SELECT count(*) FROM run", at: sample.path)[0] == ["33"])
  }
}
