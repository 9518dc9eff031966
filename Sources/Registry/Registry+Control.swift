import GRDB
import Wire

extension Registry {
  /// queued or leased → cancelled, at once; a trainer that runs is told to stop by the reply to its
  /// worker's next report, and what that worker sends is recorded no more.
  ///
  /// Returns the runs that this changed: one that was cancelled already is left as it is. Throws
  /// `.unknownRun`, and `.wrongState` for a run that ended otherwise; then none is cancelled.
  @discardableResult
  public func cancel(runs: [Int64], now: Int64) async throws -> [Int64] {
    try await write { database in
      try runs.filter { run in
        if try database.cancel(run, now: now) { return true }
        let state = try database.state(of: run)
        guard state == .cancelled else {
          throw RegistryError.wrongState(run: run, state: state, allowed: [.queued, .leased])
        }
        return false
      }
    }
  }

  /// Cancels those of a grid's runs that have not ended, also where another grid shares them.
  ///
  /// Returns the runs that this changed. Throws `.unknownGrid`.
  @discardableResult
  public func cancel(grid: Int64, now: Int64) async throws -> [Int64] {
    try await write { database in
      try database.requireGrid(grid)
      let runs = try Int64.fetchAll(
        database, sql: "SELECT run_id FROM grid_run WHERE grid_id = ? ORDER BY position",
        arguments: [grid])
      return try runs.filter { try database.cancel($0, now: now) }
    }
  }

  /// failed or cancelled → queued, with its whole retry budget.
  ///
  /// Returns the runs. Throws `.unknownRun`, and `.wrongState` for one that is neither; then none is
  /// put back.
  @discardableResult
  public func retry(runs: [Int64], now: Int64) async throws -> [Int64] {
    try await write { database in
      for run in runs where try !database.retry(run, now: now) {
        throw RegistryError.wrongState(
          run: run, state: try database.state(of: run), allowed: [.failed, .cancelled])
      }
      return runs
    }
  }

  /// Those of a grid's runs that are failed or cancelled → queued.
  ///
  /// Returns the runs that this changed. Throws `.unknownGrid`.
  @discardableResult
  public func retry(grid: Int64, now: Int64) async throws -> [Int64] {
    try await write { database in
      try database.requireGrid(grid)
      return try Int64.fetchAll(
        database, sql: "SELECT run_id FROM grid_run WHERE grid_id = ? ORDER BY position",
        arguments: [grid]
      ).filter { try database.retry($0, now: now) }
    }
  }

  /// Those of a study's runs that are failed or cancelled → queued.
  ///
  /// Returns the runs that this changed. Throws `.unknownStudy`.
  @discardableResult
  public func retry(study: String, now: Int64) async throws -> [Int64] {
    try await write { database in
      let id = try database.study(named: study)
      return try Int64.fetchAll(
        database,
        sql: """
          SELECT DISTINCT run_id FROM grid_run JOIN grid ON grid.id = grid_run.grid_id
          WHERE grid.study_id = ? ORDER BY run_id
          """, arguments: [id]
      ).filter { try database.retry($0, now: now) }
    }
  }
}

extension Database {
  /// Throws `.unknownRun`.
  fileprivate func state(of run: Int64) throws -> RunState {
    let state = try String.fetchOne(
      self, sql: "SELECT state FROM run WHERE id = ?", arguments: [run])
    guard let state else { throw RegistryError.unknownRun(run) }
    return try RunState(stored: state)
  }

  /// failed or cancelled → queued; whether it was either.
  fileprivate func retry(_ run: Int64, now: Int64) throws -> Bool {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          UPDATE run
          SET state = 'queued', queued_at = ?, finished_at = NULL, failures = 0, lost_leases = 0,
            not_before = 0, failure = NULL, message = NULL
          WHERE id = ? AND state IN ('failed', 'cancelled')
          RETURNING study_id, epoch
          """), arguments: [now, run])
    guard let row else { return false }
    try append(
      .runRequeued, at: now, study: row["study_id"], run: run, epoch: row["epoch"],
      detail: ["reason": .text("retry")])
    return true
  }

  /// Throws `.unknownGrid`.
  func requireGrid(_ grid: Int64) throws {
    let isKnown = try Bool.fetchOne(
      self, sql: "SELECT EXISTS (SELECT 1 FROM grid WHERE id = ?)", arguments: [grid])
    guard isKnown == true else { throw RegistryError.unknownGrid(grid) }
  }

  /// queued or leased → cancelled; whether it was either.
  fileprivate func cancel(_ run: Int64, now: Int64) throws -> Bool {
    let row = try Row.fetchOne(
      self,
      sql: """
        UPDATE run
        SET state = 'cancelled', finished_at = ?, worker_id = NULL, lease_expires_at = NULL
        WHERE id = ? AND state IN ('queued', 'leased')
        RETURNING study_id, epoch
        """, arguments: [now, run])
    guard let row else { return false }
    // A run that was queued has no open attempt, and this finds none.
    try end(.cancelled, run: run, epoch: row["epoch"], now: now)
    try append(.runCancelled, at: now, study: row["study_id"], run: run, epoch: row["epoch"])
    return true
  }
}
