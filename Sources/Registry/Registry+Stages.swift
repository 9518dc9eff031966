import GRDB
public import Wire

/// A grid whose runs have all ended and whose fits are still to be made.
public struct EndedStage: Hashable, Sendable {
  public var grid: Int64
  public var study: String
  public var name: String
  public var fits: [String]
  /// Runs that ended without a result, by their state.
  public var unfinished: [String: [Int64]]
}

/// A grid that waits for laws.
public struct BlockedGrid: Hashable, Sendable {
  /// One law that it waits for.
  public struct Wait: Hashable, Sendable {
    public var law: String
    /// The grid that it is fitted to.
    public var source: Int64
    public var sourceName: String
    /// Whether that grid is settled, or will never have runs: a law that is not there will not come.
    public var isOver: Bool
    /// That law, once it is recorded.
    public var recorded: LawRow?
  }

  public var grid: Int64
  public var study: String
  public var name: String
  /// Canonical JSON of the parsed grid.
  public var source: String
  public var waits: [Wait]
  /// Why it could not be expanded when its laws were there.
  public var problem: String?
}

/// What is known when a stage has ended, to be recorded as one.
public struct Settlement: Sendable {
  /// The grid that is settled; none when only blocked grids are expanded.
  public var grid: Int64?
  /// Fitted to its runs.
  public var laws: [LawSubmission]
  /// Why not all that it fits could be fitted.
  public var problem: String?
  /// The blocked grids that have their laws now.
  public var expansions: [Int64: Expansion]
  /// The blocked grids that have their laws and still cannot be expanded, and why.
  public var refusals: [Int64: String]

  public init(
    grid: Int64?, laws: [LawSubmission] = [], problem: String? = nil,
    expansions: [Int64: Expansion] = [:], refusals: [Int64: String] = [:]
  ) {
    self.grid = grid
    self.laws = laws
    self.problem = problem
    self.expansions = expansions
    self.refusals = refusals
  }
}

extension Registry {
  /// The grids that are to be settled, oldest first. One that fits the study's leverage waits for the
  /// study's earlier grids, too.
  public func endedStages() async throws -> [EndedStage] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT grid.id, grid.name, grid.fits, study.name AS study
          FROM grid JOIN study ON study.id = grid.study_id
          WHERE grid.state = 'open' AND grid.settled_at IS NULL AND grid.fits <> '[]'
            AND grid.id NOT IN (SELECT grid_id FROM staged_range)
            AND NOT EXISTS (
              SELECT 1 FROM grid_tally
              WHERE grid_id = grid.id AND state IN ('queued', 'leased') AND runs > 0)
            AND NOT (
              EXISTS (SELECT 1 FROM json_each(grid.fits) WHERE value = 'leverage')
              AND EXISTS (
                SELECT 1
                FROM grid AS earlier
                LEFT JOIN grid_tally AS left_over ON left_over.grid_id = earlier.id
                  AND left_over.state IN ('queued', 'leased') AND left_over.runs > 0
                WHERE earlier.study_id = grid.study_id AND earlier.id < grid.id
                  AND ((earlier.state = 'blocked' AND earlier.problem IS NULL)
                    OR left_over.runs > 0)))
          ORDER BY grid.id
          """
      ).map { row in
        EndedStage(
          grid: row["id"], study: row["study"], name: row["name"],
          fits: try JSONText.decode([String].self, from: row["fits"], column: "grid.fits"),
          unfinished: try database.unfinished(grid: row["id"]))
      }
    }
  }

  /// The grids that wait for laws, oldest first.
  public func blockedGrids() async throws -> [BlockedGrid] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT grid.*, study.name AS study
          FROM grid JOIN study ON study.id = grid.study_id
          WHERE grid.state = 'blocked' AND grid.id NOT IN (SELECT grid_id FROM staged_range)
          ORDER BY grid.id
          """
      ).map { row in
        BlockedGrid(
          grid: row["id"], study: row["study"], name: row["name"], source: row["source"],
          waits: try database.waits(grid: row["id"]), problem: row["problem"])
      }
    }
  }

  /// Records the laws of a stage that has ended and expands what waited for them, in one
  /// transaction. A stage that is settled already, and a grid that is open already, stay as they
  /// are.
  public func settle(_ settlement: Settlement, now: Int64) async throws {
    try await write { database in
      for law in settlement.laws {
        _ = try database.record(law, grid: settlement.grid, now: now)
      }
      if let grid = settlement.grid {
        try database.settle(grid, settlement, now: now)
      }
      for (grid, expansion) in settlement.expansions.sorted(by: { $0.key < $1.key }) {
        try database.open(grid, with: expansion, now: now)
      }
      for (grid, problem) in settlement.refusals {
        try database.execute(
          sql: "UPDATE grid SET problem = ? WHERE id = ? AND state = 'blocked'",
          arguments: [problem, grid])
      }
    }
  }
}

extension Database {
  fileprivate func unfinished(grid: Int64) throws -> [String: [Int64]] {
    let rows = try Row.fetchAll(
      self,
      sql: """
        SELECT run.id, run.state
        FROM grid_run JOIN run ON run.id = grid_run.run_id
        WHERE grid_run.grid_id = ? AND run.state <> 'finished'
        ORDER BY grid_run.position
        """, arguments: [grid])
    return Dictionary(grouping: rows) { $0["state"] as String }.mapValues { $0.map { $0["id"] } }
  }

  fileprivate func waits(grid: Int64) throws -> [BlockedGrid.Wait] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT grid_wait.law, source.id, source.name,
          source.settled_at IS NOT NULL
            OR (source.state = 'blocked' AND source.problem IS NOT NULL) AS is_over
        FROM grid_wait JOIN grid AS source ON source.id = grid_wait.source_id
        WHERE grid_wait.grid_id = ?
        ORDER BY grid_wait.law
        """, arguments: [grid]
    ).map { wait in
      let recorded = try Row.fetchOne(
        self,
        sql: """
          \(LawRow.selection)
          WHERE law.grid_id = ? AND law.name = ?
          ORDER BY law.id DESC LIMIT 1
          """, arguments: [wait["id"], wait["law"]])
      return BlockedGrid.Wait(
        law: wait["law"], source: wait["id"], sourceName: wait["name"],
        isOver: wait["is_over"], recorded: try recorded.map(LawRow.init))
    }
  }

  /// Marks an open grid as settled.
  fileprivate func settle(_ grid: Int64, _ settlement: Settlement, now: Int64) throws {
    let study = try Int64.fetchOne(
      self,
      sql: """
        UPDATE grid SET settled_at = ?, problem = ?
        WHERE id = ? AND state = 'open' AND settled_at IS NULL
        RETURNING study_id
        """, arguments: [now, settlement.problem, grid])
    guard let study else { return }
    try append(
      .gridSettled, at: now, study: study, grid: grid,
      detail: [
        "laws": .integer(Int64(settlement.laws.count)),
        "problem": settlement.problem.map(Wire.Table.Value.text) ?? .null,
      ])
  }

  /// blocked → open.
  fileprivate func open(_ grid: Int64, with expansion: Expansion, now: Int64) throws {
    let study = try Int64.fetchOne(
      self,
      sql: """
        UPDATE grid SET state = 'open', settings = ?, problem = NULL
        WHERE id = ? AND state = 'blocked'
        RETURNING study_id
        """, arguments: [expansion.settings, grid])
    guard let study else { return }
    try expand(grid: grid, into: expansion, study: study, now: now)
    try append(
      .gridExpanded, at: now, study: study, grid: grid,
      detail: ["runs": .integer(Int64(expansion.runs.count))])
  }
}
