import GRDB
public import Wire

extension Registry {
  /// How long the checkpoints of a run that failed or was cancelled are kept: a person may `retry`.
  public static let checkpointRetention = Duration.seconds(24 * 3600)

  /// Those of `kept` that nothing will resume: runs that finished or diverged, and those that failed
  /// or were cancelled longer ago than `checkpointRetention`. What is not this registry's, by number
  /// and spec, is passed over.
  public func expiredCheckpoints(_ kept: KeptCheckpoints, now: Int64) async throws -> [Int64] {
    let before = now - Self.checkpointRetention.milliseconds
    return try await read { database in
      let statement = try database.cachedStatement(
        sql: """
          SELECT id FROM run
          WHERE id = ? AND spec_sha256 = ?
            AND (state IN ('finished', 'diverged')
              OR (state IN ('failed', 'cancelled') AND finished_at < ?))
          """)
      return try kept.runs.compactMap {
        try Int64.fetchOne(statement, arguments: [$0.run, $0.specSHA256, before])
      }
    }
  }
}

extension Database {
  /// Notes where a worker keeps what its attempts write.
  func declare(_ folder: RunFolder?, of worker: String) throws {
    try execute(
      sql: "UPDATE worker SET node = ?, run_folder = ?, run_folder_shared = ? WHERE id = ?",
      arguments: [folder?.node, folder?.id, folder?.isShared ?? false, worker])
  }

  /// Notes the newest checkpoint of an attempt, where its worker has said where that is. The caller
  /// has found the attempt to be going on.
  func record(_ checkpoint: TrainerEvent.Checkpoint, of attempt: Attempt, now: Int64) throws {
    try cachedStatement(
      sql: """
        INSERT INTO checkpoint (
          run_id, epoch, step, path, node, run_folder, shared, recorded_at)
        SELECT ?, ?, ?, ?, node, run_folder, run_folder_shared, ?
        FROM worker WHERE id = ? AND run_folder IS NOT NULL
        ON CONFLICT (run_id, epoch) DO UPDATE SET
          step = excluded.step, path = excluded.path, node = excluded.node,
          run_folder = excluded.run_folder, shared = excluded.shared,
          recorded_at = excluded.recorded_at
        WHERE excluded.step >= checkpoint.step
        """
    ).execute(arguments: [
      attempt.run, attempt.epoch, checkpoint.step, checkpoint.path, now, attempt.worker,
    ])
  }

  /// `lease`, with the earlier attempts that its worker can resume from: those with a checkpoint in
  /// the folder that it works in, seen from the same node or shared by both.
  func withEarlierAttempts(_ lease: StoredLease, worker: String) throws -> StoredLease {
    var lease = lease
    // Most leases are a run's first: nothing is asked for them.
    guard lease.epoch > 1 else {
      lease.earlier = []
      return lease
    }
    let folder = try cachedStatement(
      sql: "SELECT run_folder IS NOT NULL FROM worker WHERE id = ?")
    guard try Bool.fetchOne(folder, arguments: [worker]) == true else { return lease }
    let statement = try cachedStatement(
      sql: """
        SELECT checkpoint.epoch
        FROM checkpoint JOIN worker ON worker.id = ? AND worker.run_folder = checkpoint.run_folder
        WHERE checkpoint.run_id = ? AND checkpoint.epoch < ?
          AND (checkpoint.node = worker.node OR (checkpoint.shared AND worker.run_folder_shared))
        ORDER BY checkpoint.epoch DESC
        """)
    lease.earlier = try Int.fetchAll(statement, arguments: [worker, lease.run, lease.epoch])
    return lease
  }
}
