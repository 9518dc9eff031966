import Foundation
import GRDB
import Testing
import Wire

@testable import Registry

@Suite("Requests share a commit, and nothing else")
struct GroupCommitTests {
  /// Holds the writer inside one request until `gathered` requests wait behind it.
  private static func holding(
    _ registry: Registry, until gathered: Int, while requests: () async throws -> Void
  ) async throws {
    let writer = try #require(registry.writer)
    let (held, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    async let first: Void = registry.write { _ in
      held.signal()
      release.wait()
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        held.wait()
        continuation.resume()
      }
    }
    async let others: Void = {
      while writer.waiting < gathered { await Task.yield() }
      release.signal()
    }()
    try await requests()
    _ = try await (first, others)
  }

  private static func insert(_ database: Database, _ name: String) throws {
    try database.execute(
      sql: "INSERT INTO study (name, created_at) VALUES (?, 0)", arguments: [name])
  }

  private static func has(_ database: Database, _ name: String) throws -> Bool {
    try Bool.fetchOne(database, sql: "SELECT 1 FROM study WHERE name = ?", arguments: [name]) != nil
  }

  @Test("one bad request undoes its own part, gets its own error, and harms no other")
  func bad() async throws {
    let ledger = try await Ledger()
    let registry = ledger.registry
    var results: [String: Result<Int64, any Error>] = [:]
    try await Self.holding(registry, until: 5) {
      try await withThrowingTaskGroup(of: (String, Result<Int64, any Error>).self) { group in
        for name in ["a", "b", "thrown", "c", "a-again"] {
          group.addTask {
            do {
              let id = try await registry.write { database in
                if name == "thrown" {
                  try Self.insert(database, name)
                  throw RegistryError.unknownRun(7)
                }
                if name == "a-again" {
                  try Self.insert(database, name)
                  try Self.insert(database, name)
                }
                try Self.insert(database, name)
                return database.lastInsertedRowID
              }
              return (name, .success(id))
            } catch {
              return (name, .failure(error))
            }
          }
        }
        for try await (name, result) in group { results[name] = result }
      }
    }
    #expect(throws: RegistryError.unknownRun(7)) { try results["thrown"]?.get() }
    #expect(
      throws: RegistryError.ruleBroken("UNIQUE constraint failed: study.name")
    ) { try results["a-again"]?.get() }
    for name in ["a", "b", "c"] { #expect(throws: Never.self) { try results[name]?.get() } }
    #expect(
      try await ledger.rows("SELECT name FROM study ORDER BY name") == [["a"], ["b"], ["c"]])
    #expect(registry.health == .writable, "a refusal is no failure of the disk")
  }

  @Test("an answer leaves after the commit: until then no other connection sees its change")
  func after() async throws {
    let ledger = try await Ledger()
    let registry = ledger.registry
    let path = ledger.path
    let other = try Registry.openReadOnly(path)
    try await Self.holding(registry, until: 4) {
      try await withThrowingTaskGroup(of: (Bool, Bool).self) { group in
        for index in 0..<4 {
          group.addTask {
            let inside = try await registry.write { database in
              try Self.insert(database, "s\(index)")
              // Through another connection, in the middle of the batch.
              return try SQLiteConnection(path).queue.read { try Self.has($0, "s\(index)") }
            }
            return (inside, try await other.read { try Self.has($0, "s\(index)") })
          }
        }
        for try await (inside, after) in group { #expect(!inside && after) }
      }
    }
  }

  @Test("what gathers while one commit is made shares the next")
  func shared() async throws {
    let ledger = try await Ledger()
    let registry = ledger.registry
    let writer = try #require(registry.writer)
    // The log grows with each commit, so its length names the transaction.
    var transactions: Set<Int> = []
    try await Self.holding(registry, until: 64) {
      try await withThrowingTaskGroup(of: Int.self) { group in
        for index in 0..<64 {
          group.addTask {
            try await registry.write { database in
              try Self.insert(database, "s\(index)")
              return writer.logPages
            }
          }
        }
        for try await transaction in group { transactions.insert(transaction) }
      }
    }
    // One, unless the machine was so busy that some did not make it in time.
    #expect(transactions.count < 32, "64 requests, \(transactions.count) commits")
  }

  @Test("a full queue refuses at once with a time to come back, and takes requests again")
  func full() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "full-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let registry = try Registry.open(folder.appending(path: "registry.db").path, queueCapacity: 200)
    let writer = try #require(registry.writer)
    let (held, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    async let first: Void = registry.write { _ in
      held.signal()
      release.wait()
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        held.wait()
        continuation.resume()
      }
    }
    async let second: Void = registry.probe(now: 1)
    async let third: Void = registry.probe(now: 2)
    while writer.waiting < 2 { await Task.yield() }
    let refusal = await #expect(throws: RegistryError.self) { try await registry.probe(now: 3) }
    #expect(refusal == .busy(waiting: 2))
    let reply = APIError(try #require(refusal))
    #expect(reply.code == .busy && reply.code.status == 429 && reply.retryAfterSeconds == 1)
    release.signal()
    _ = try await (first, second, third)
    try await registry.probe(now: 4)
  }
}

/// A connection of its own, as another process would have.
private struct SQLiteConnection {
  let queue: DatabaseQueue

  init(_ path: String) throws {
    var configuration = Configuration()
    configuration.readonly = true
    queue = try DatabaseQueue(path: path, configuration: configuration)
  }
}
