import Foundation
import GRDB
import Testing
import Wire

@testable import Registry

@Suite("What is refused is refused by name, and leaves everything as it was")
struct RefusalTests {
  @Test("a second writer is refused while the first lives; reading needs no lock")
  func locked() async throws {
    let ledger = try await Ledger()
    let path = ledger.path
    #expect(throws: RegistryError.locked(path: path + ".lock", process: Int(getpid()))) {
      try Registry.open(path)
    }
    let reader = try Registry.openReadOnly(path)
    #expect(try await reader.status().studies.isEmpty)
    await #expect(throws: RegistryError.readOnly) { try await reader.reap(now: 0) }
    let none = path + ".none"
    #expect(throws: RegistryError.cannotOpen(path: none, reason: "there is no such file")) {
      try Registry.openReadOnly(none)
    }
  }

  @Test(
    "an ended run never changes, whoever writes", arguments: [Ledger.finished, Ledger.diverged])
  func endedRun(outcome: Outcome) async throws {
    let ledger = try await Ledger()
    let run = try await ledger.submit([1]).runs[0].id
    let lease = try #require(try await ledger.leaseNext())
    try await ledger.end(run, epoch: lease.epoch, outcome)
    let change = "a finished or diverged run never changes"
    try await refuse("UPDATE run SET loss = 0", change, ledger)
    try await refuse("UPDATE run SET state = 'queued', finished_at = NULL", change, ledger)
    try await refuse("UPDATE run SET message = NULL WHERE id = \(run)", change, ledger)
    try await refuse("DELETE FROM run", "runs are never deleted", ledger)
    try await refuse("UPDATE event SET kind = 'x'", "events are never changed", ledger)
    try await refuse("DELETE FROM event WHERE sequence = 1", "events are never deleted", ledger)
  }

  private func refuse(_ statement: String, _ message: String, _ ledger: Ledger) async throws {
    let before = try await ledger.dump()
    await #expect(throws: RegistryError.ruleBroken(message), "\(statement)") {
      try await ledger.registry.write { try $0.execute(sql: statement) }
    }
    #expect(try await ledger.dump() == before)
  }

  @Test("a worker that nobody knows gets no lease, and cannot leave")
  func unknownWorker() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let before = try await ledger.dump()
    await #expect(throws: RegistryError.unknownWorker("x")) {
      try await ledger.leaseNext(worker: "x")
    }
    await #expect(throws: RegistryError.unknownWorker("x")) {
      try await ledger.registry.workerLeft("x", now: ledger.tick())
    }
    #expect(try await ledger.dump() == before)

    // Where the wish comes with an outcome, that counts all the same.
    let lease = try #require(try await ledger.leaseNext())
    let next = LeaseRequest(worker: "x", request: "x/1")
    #expect(
      try await ledger.end(lease.run, epoch: lease.epoch, Ledger.released, next: next) == nil)
    #expect(try await ledger.state(lease.run) == "queued")
  }

  @Test("a worker leaves once, and gets no lease until it is back")
  func workerHasLeft() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2])
    let lease = try #require(try await ledger.leaseNext())
    let leave = { try await ledger.registry.workerLeft(Ledger.worker, now: ledger.tick()) }
    #expect(try await leave() == [lease.run])
    #expect(try await ledger.rows("SELECT outcome FROM attempt") == [["released"]])
    let before = try await ledger.dump()
    let worker = try await ledger.rows("SELECT * FROM worker")
    #expect(try await leave() == [])
    await #expect(throws: RegistryError.workerHasLeft(Ledger.worker)) {
      try await ledger.leaseNext()
    }
    #expect(try await ledger.dump() == before)
    #expect(try await ledger.rows("SELECT * FROM worker") == worker)

    try await ledger.register()
    #expect(try await ledger.leaseNext()?.epoch == 2)
  }
}
