import GRDB
public import Wire

extension Registry {
  /// A worker introduces itself, or comes back; repeating it only says that it lives.
  public func register(_ worker: WorkerRegistration, now: Int64) async throws {
    try await write { database in
      let present = try database.isPresent(worker: worker.id)
      try database.execute(
        sql: """
          INSERT INTO worker (
            id, host, pid, slots, version, joined_at, seen_at, gpus, memory, nodes, labels,
            trainers, walltime_end)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET
            host = excluded.host, pid = excluded.pid, slots = excluded.slots,
            version = excluded.version, seen_at = excluded.seen_at, left_at = NULL,
            gpus = excluded.gpus, memory = excluded.memory, nodes = excluded.nodes,
            labels = excluded.labels, trainers = excluded.trainers,
            walltime_end = excluded.walltime_end
          """,
        arguments: [
          worker.id, worker.host, worker.pid, worker.slots, worker.version, now, now,
          try JSONText(worker.offer.gpus), worker.offer.memory, worker.offer.nodes,
          try JSONText(worker.offer.labels), try JSONText(worker.offer.trainers),
          worker.offer.walltimeEnd,
        ])
      try database.declare(worker.folder, of: worker.id)
      if present != true {
        try database.append(
          .workerJoined, at: now, worker: worker.id,
          detail: ["host": .text(worker.host), "slots": .integer(Int64(worker.slots))])
      }
    }
  }

  /// A worker says good-bye: the runs that it still holds go back into the queue unharmed.
  ///
  /// Returns those runs. Throws `.unknownWorker`; repeating it changes nothing.
  @discardableResult
  public func workerLeft(_ id: String, now: Int64) async throws -> [Int64] {
    try await write { database in
      switch try database.isPresent(worker: id) {
      case nil: throw RegistryError.unknownWorker(id)
      case false?: return []
      case true?: break
      }
      let held = try Row.fetchAll(
        database,
        sql: "SELECT id, epoch FROM run WHERE state = 'leased' AND worker_id = ? ORDER BY id",
        arguments: [id])
      for row in held {
        try database.release(row["id"], epoch: row["epoch"], reason: "the worker left", now: now)
      }
      try database.execute(
        sql: "UPDATE worker SET left_at = ?, seen_at = ? WHERE id = ?", arguments: [now, now, id])
      try database.append(.workerLeft, at: now, worker: id)
      return held.map { $0["id"] }
    }
  }
}

extension Database {
  /// Whether a worker is here; none when it was never heard of.
  func isPresent(worker: String) throws -> Bool? {
    let statement = try cachedStatement(sql: "SELECT left_at IS NULL FROM worker WHERE id = ?")
    return try Bool.fetchOne(statement, arguments: [worker])
  }

  /// Notes that a worker spoke.
  func saw(worker: String, now: Int64) throws {
    try cachedStatement(sql: "UPDATE worker SET seen_at = max(seen_at, ?) WHERE id = ?")
      .execute(arguments: [now, worker])
  }
}
