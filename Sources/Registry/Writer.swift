import GRDB
import Synchronization

/// The one connection that writes: group commit without a timer.
///
/// What is asked for while one commit syncs gathers in a queue and is the next transaction, so that
/// a busy registry shares each sync among many requests and an idle one delays nobody. Each request
/// is a savepoint: its refusal undoes its own part and is its own error. Every answer, a refusal too,
/// leaves after the commit that it was made in. All of it happens on the connection's serial queue;
/// there is one drain of the request queue at a time, started by the first request that finds none.
final class Writer: Sendable {
  private let pool: DatabasePool
  private let log: LogLength
  private let state: Mutex<State>

  private struct State {
    var queue: WriteQueue<Write>
    var isDraining = false
    var health = Health.writable
  }

  /// Takes over the connection of `pool` that writes.
  init(_ pool: DatabasePool, queueCapacity: Int) throws {
    self.pool = pool
    state = Mutex(State(queue: WriteQueue(capacity: queueCapacity)))
    log = LogLength()
    try pool.writeWithoutTransaction { database in
      // Turning the write-ahead log on has set NORMAL, which may lose the last commits with the
      // power. A reply may leave only after its commit is on disk.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      // SQLite's 2 MB would spill the indexes of a large registry in the middle of a transaction.
      try database.execute(sql: "PRAGMA cache_size = -65536")
      log.watch(database)
    }
  }

  var health: Health { state.withLock { $0.health } }

  /// How many requests wait for the next transaction.
  var waiting: Int { state.withLock { $0.queue.count } }

  /// Writes the log into the file as far as readers allow and makes it empty if nobody reads.
  func truncateLog() async throws {
    try await pool.writeWithoutTransaction { database in
      do {
        _ = try database.checkpoint(.truncate)
      } catch let error as DatabaseError
        where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode)
      {
        _ = try database.checkpoint(.passive)
      }
    }
  }

  /// The pages that wait in the write-ahead log to be copied into the file.
  var logPages: Int { log.pages }

  /// One request: all of `body` or, when it throws, nothing of it. `events` is how much it carries.
  ///
  /// Throws what `body` throws, `.busy` when too much waits, and `.storage` when the commit failed.
  func write<Value: Sendable>(
    _ lane: WriteLane, events: Int,
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try Task.checkCancellation()
    return try await withCheckedThrowingContinuation { continuation in
      enqueue(Write(continuation, body), lane, events: events)
    }
  }

  private func enqueue(_ write: Write, _ lane: WriteLane, events: Int) {
    let (isQueued, isFirst, waiting) = state.withLock { state in
      let isQueued = state.queue.append(write, to: lane, events: events)
      defer { state.isDraining = true }
      return (isQueued, !state.isDraining, state.queue.count)
    }
    if isFirst { pool.asyncWriteWithoutTransaction { self.drain($0) } }
    if !isQueued { write.refuse(RegistryError.busy(waiting: waiting)) }
  }

  /// Writes batch after batch until nothing waits.
  private func drain(_ database: Database) {
    while let first = next(orRest: true) {
      let batch = Batch(database)
      let failure = batch.write(first) { next(orRest: false) }
      // Before the answers, so that whoever is told of a failure finds the registry degraded.
      if let failure {
        state.withLock { $0.health = .degraded(reason: failure.description) }
      } else if batch.hasChanged {
        state.withLock { $0.health = .writable }
      }
      for answer in batch.answers { answer(failure) }
      // After the answers, so that nobody waits for it.
      log.checkpoint(database, isBusy: waiting > 0)
    }
  }

  /// The next request; when none waits, the drain ends if it is to rest.
  private func next(orRest rests: Bool) -> Write? {
    state.withLock { state in
      let write = state.queue.next()
      if write == nil, rests { state.isDraining = false }
      return write
    }
  }
}
