import GRDB
import Wire

extension Database {
  /// queued → leased under the same epoch: the lease had lapsed, nobody has taken the run since, and
  /// its worker is heard again, which has gone on meanwhile. The epoch still fences: any other lease
  /// would have raised it.
  ///
  /// Returns the attempt as it goes on; one that has not lapsed as it is. Throws `.leaseLost` when the
  /// run has gone to another, or has ended.
  func revived(_ attempt: Attempt, now: Int64, expiresAt: Int64) throws -> Attempt {
    guard attempt.end == .lost else { return attempt }
    let statement = try cachedStatement(
      sql: """
        UPDATE run
        SET state = 'leased', worker_id = ?, lease_expires_at = ?,
          lost_leases = max(lost_leases - 1, 0), failure = NULL, message = NULL
        WHERE id = ? AND epoch = ? AND state = 'queued'
        RETURNING study_id
        """)
    let row = try Row.fetchOne(
      statement, arguments: [attempt.worker, expiresAt, attempt.run, attempt.epoch])
    guard let row else {
      throw RegistryError.leaseLost(run: attempt.run, epoch: attempt.epoch)
    }
    try cachedStatement(
      sql: """
        UPDATE attempt SET ended_at = NULL, outcome = NULL, failure = NULL, message = NULL
        WHERE run_id = ? AND epoch = ? AND outcome = 'lost'
        """
    ).execute(arguments: [attempt.run, attempt.epoch])
    try unsettle(attempt, now: now)
    try append(
      .runRevived, at: now, study: row["study_id"], run: attempt.run, epoch: attempt.epoch,
      worker: attempt.worker)
    return try self.attempt(attempt.run, epoch: attempt.epoch)
  }
}
