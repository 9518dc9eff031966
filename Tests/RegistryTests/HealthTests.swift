import Foundation
import GRDB
import Testing
import Wire

@testable import Registry

@Suite(
  "A disk that takes no more stops leases, fails what it could not keep, and is recovered from")
struct HealthTests {
  /// Keeps the file at its size: what a full disk comes to.
  private static func fill(_ ledger: Ledger, _ isFull: Bool) async throws {
    try await ledger.registry.write { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(
        database, sql: "PRAGMA max_page_count = \(isFull ? pages : 1_000_000)")
    }
  }

  private static let steps = (1...990).map {
    TrainerEvent.step(.init(step: $0, tokens: $0, loss: 1 / Double($0)))
  }

  @Test("a report that cannot be kept fails, no run is leased, and both go on when there is room")
  func full() async throws {
    let ledger = try await Ledger()
    let runs = try await ledger.submit([1, 2, 3]).runs.map(\.id)
    let lease = try #require(try await ledger.leaseNext())
    try await Self.fill(ledger, true)
    let before = try await ledger.dump()
    let failure = await #expect(throws: RegistryError.self) {
      _ = try await ledger.report(lease.run, epoch: 1, Self.steps)
    }
    guard case .storage(let reason)? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(reason.contains("full"))
    #expect(try await ledger.dump() == before, "nothing of it stays")
    #expect(ledger.registry.health == .degraded(reason: "the registry fails: \(reason)"))
    await #expect(throws: RegistryError.degraded(reason: "the registry fails: \(reason)")) {
      try await ledger.leaseNext()
    }

    // Small writes still have room in the pages that are there; the first of them ends the stop.
    try await Self.fill(ledger, false)
    try await ledger.registry.probe(now: ledger.tick())
    #expect(ledger.registry.health == .writable)
    #expect(try await ledger.leaseNext()?.run == runs[1])
    #expect(try await ledger.report(lease.run, epoch: 1, Self.steps) == .continue)
    #expect(try await ledger.registry.series(run: lease.run, metric: "loss").steps.count == 990)
  }

  @Test("an outcome is taken down while no run is leased; its wish is not granted")
  func outcome() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2])
    let lease = try #require(try await ledger.leaseNext())
    try await Self.fill(ledger, true)
    await #expect(throws: RegistryError.self) {
      _ = try await ledger.report(lease.run, epoch: 1, Self.steps)
    }
    let wish = LeaseRequest(worker: Ledger.worker, request: "next")
    #expect(try await ledger.end(lease.run, epoch: 1, Ledger.finished, next: wish) == nil)
    #expect(try await ledger.state(lease.run) == "finished")
    #expect(ledger.registry.health == .writable, "the outcome was written")
    #expect(try await ledger.leaseNext()?.run == 2)
  }

  @Test("a failed sync of the log fails every request of its batch")
  func limit() async throws {
    // The limit on a file's size holds for a whole process, so this one has its own.
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      let ledger = try await Ledger()
      let lease = try #require(try await ledger.submit([1, 2]).runs.first)
      _ = try await ledger.leaseNext()
      let log = ledger.path + "-wal"
      let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0
      let fileSize = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      var usual = rlimit()
      getrlimit(fileSize, &usual)
      var limit = usual
      limit.rlim_cur = rlim_t(size)
      setrlimit(fileSize, &limit)
      let registry = ledger.registry
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<4 {
          group.addTask {
            let failure = await #expect(throws: RegistryError.self) {
              try await registry.probe(now: Int64(index))
            }
            guard case .storage? = failure else { fatalError("\(String(describing: failure))") }
          }
        }
      }
      guard case .degraded = ledger.registry.health else { fatalError("not degraded") }
      setrlimit(fileSize, &usual)
      #expect(try await ledger.report(lease.id, epoch: 1) == .continue)
      guard ledger.registry.health == .writable else { fatalError("still degraded") }
      guard try await ledger.leaseNext()?.run == 2 else { fatalError("no lease") }
    }
  }
}
