import GRDB
public import Wire

/// How much there is of what, for whoever watches the daemon.
public struct Tallies: Hashable, Sendable {
  /// The runs of one study in one state.
  public struct Runs: Hashable, Sendable {
    public var study: String
    public var state: RunState
    public var count: Int
  }

  public var runs: [Runs] = []
  /// Workers that are here, and that have left.
  public var workersPresent = 0
  public var workersLeft = 0
  /// Grids that wait for laws or for their runs to end.
  public var unsettledGrids = 0
  /// Webhooks that deliver, and that are set aside.
  public var webhooksActive = 0
  public var webhooksSetAside = 0
  /// Bytes of the file and of its write-ahead log.
  public var databaseBytes: Int64 = 0
  public var walBytes: Int64 = 0
  /// Bytes that are free on the disk of the file.
  public var freeBytes: Int64 = 0
  /// The newest event.
  public var sequence: Int64 = 0
  /// Events after the one that was asked for, by kind.
  public var events: [RegistryEvent.Kind: Int] = [:]
  /// Attempts that ended in those events, by outcome.
  public var attempts: [String: Int] = [:]
}

extension Registry {
  /// What there is now, and what has happened since event `sequence`.
  ///
  /// Runs are read off the tallies of the grids, and the rest off the events that are new, so that
  /// asking often costs little. A run that two grids ask for counts in both.
  public func tallies(since sequence: Int64) async throws -> Tallies {
    try await read { database in
      var tallies = Tallies()
      tallies.runs = try database.runTallies()
      try tallies.takeCounts(database)
      (tallies.databaseBytes, tallies.walBytes) = try database.fileSize()
      tallies.freeBytes = try database.freeBytes()
      tallies.sequence =
        try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM event") ?? 0
      let kinds = try Row.fetchAll(
        database,
        sql: "SELECT kind, count(*) AS count FROM event WHERE sequence > ? GROUP BY kind",
        arguments: [sequence])
      for row in kinds {
        guard let kind = RegistryEvent.Kind(rawValue: row["kind"]) else { continue }
        tallies.events[kind] = row["count"]
      }
      tallies.attempts = try database.attemptTallies(since: sequence)
      return tallies
    }
  }
}

extension Tallies {
  fileprivate mutating func takeCounts(_ database: Database) throws {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT
          (SELECT count(*) FROM worker WHERE left_at IS NULL) AS present,
          (SELECT count(*) FROM worker WHERE left_at IS NOT NULL) AS gone,
          (SELECT count(*) FROM grid
            WHERE state = 'blocked' OR (settled_at IS NULL AND fits <> '[]')) AS unsettled,
          (SELECT count(*) FROM webhook WHERE set_aside_at IS NULL) AS active,
          (SELECT count(*) FROM webhook WHERE set_aside_at IS NOT NULL) AS aside
        """)!
    workersPresent = row["present"]
    workersLeft = row["gone"]
    unsettledGrids = row["unsettled"]
    webhooksActive = row["active"]
    webhooksSetAside = row["aside"]
  }
}

extension Database {
  fileprivate func runTallies() throws -> [Tallies.Runs] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT study.name AS study, grid_tally.state, sum(grid_tally.runs) AS runs
        FROM grid_tally
        JOIN grid ON grid.id = grid_tally.grid_id
        JOIN study ON study.id = grid.study_id
        WHERE grid_tally.runs > 0 AND grid.id NOT IN (SELECT grid_id FROM staged_range)
        GROUP BY study.name, grid_tally.state
        ORDER BY study.name, grid_tally.state
        """
    ).map {
      Tallies.Runs(
        study: $0["study"], state: try RunState(stored: $0["state"]), count: $0["runs"])
    }
  }

  /// An attempt ends in the transaction, and at the time, of the event that says so; a later event of
  /// the same epoch, as when a person retries a failed run, does not count it again.
  fileprivate func attemptTallies(since sequence: Int64) throws -> [String: Int] {
    let rows = try Row.fetchAll(
      self,
      sql: """
        SELECT outcome, count(*) AS attempts
        FROM (
          SELECT DISTINCT run_id, epoch, at FROM event
          WHERE sequence > ? AND kind IN ('run_finished', 'run_diverged', 'run_failed',
            'run_cancelled', 'run_requeued', 'run_lost'))
        JOIN attempt USING (run_id, epoch)
        WHERE ended_at = at
        GROUP BY outcome
        """, arguments: [sequence])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["outcome"], $0["attempts"]) })
  }
}
