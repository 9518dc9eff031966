import Experiment
import GRDB
public import Wire

/// Which runs to list.
public struct RunFilter: Hashable, Sendable {
  public var study: String?
  /// By name, which grids may share.
  public var grid: String?
  /// By number.
  public var gridID: Int64?
  public var state: RunState?
  public var family: String?
  public var limit: Int
  public var offset: Int

  public init(
    study: String? = nil, grid: String? = nil, gridID: Int64? = nil, state: RunState? = nil,
    family: String? = nil, limit: Int = 100, offset: Int = 0
  ) {
    self.study = study
    self.grid = grid
    self.gridID = gridID
    self.state = state
    self.family = family
    self.limit = limit
    self.offset = offset
  }
}

extension Registry {
  /// The runs that pass `filter`, one row for each time that a grid asked: in the order in which
  /// they were first asked for or, of one grid by number, in its order of expansion.
  public func runs(_ filter: RunFilter) async throws -> [RunRow] {
    try await read { database in
      let conditions: [(String, (any DatabaseValueConvertible)?)] = [
        ("study.name", filter.study), ("grid.name", filter.grid),
        ("grid_run.grid_id", filter.gridID),
        ("run.state", filter.state?.rawValue), ("grid_run.family", filter.family),
      ]
      let given = conditions.filter { $0.1 != nil }
      // By the index of those that have ended, however few they are.
      let ended = filter.state?.isEnded == true ? ["run.finished_at IS NOT NULL"] : []
      return try database.runRows(
        where: given.map { "\($0.0) = ?" } + ended, arguments: StatementArguments(given.map(\.1)),
        inGridOrder: filter.gridID != nil, limit: filter.limit, offset: filter.offset)
    }
  }

  /// Everything about one run but its curves. Throws `.unknownRun`.
  public func run(_ id: Int64) async throws -> RunDetail {
    try await read { database in
      let rows = try database.runRows(where: ["run.id = ?"], arguments: [id], limit: -1, offset: 0)
      guard !rows.isEmpty else { throw RegistryError.unknownRun(id) }
      let spec = try String.fetchOne(
        database, sql: "SELECT spec FROM run WHERE id = ?", arguments: [id])
      return RunDetail(
        rows: rows, spec: try spec.map { try RunSpec(stored: $0, of: id) },
        attempts: try database.attempts(of: id), metrics: try database.latest(of: id),
        warnings: try database.warnings(of: id))
    }
  }
}

extension Database {
  /// Rows of the run table. The page is chosen first, so that what is looked up beside a run is
  /// looked up for the rows of the page only.
  fileprivate func runRows(
    where conditions: [String], arguments: StatementArguments, inGridOrder: Bool = false,
    limit: Int, offset: Int
  ) throws -> [RunRow] {
    let visible = "(grid.id IS NULL OR grid.id NOT IN (SELECT grid_id FROM staged_range))"
    let guardClause = "WHERE " + ([visible] + conditions).joined(separator: " AND ")
    let order = inGridOrder ? "position" : "id, grid_id, position"
    return try Row.fetchAll(
      self,
      sql: """
        WITH page AS MATERIALIZED (
          SELECT run.id AS id, grid_run.grid_id, grid_run.position, study.name AS study, grid.name AS grid,
            grid_run.family, grid_run.budget, grid_run.point
          FROM run
          LEFT JOIN grid_run ON grid_run.run_id = run.id
          LEFT JOIN grid ON grid.id = grid_run.grid_id
          JOIN study ON study.id = coalesce(grid.study_id, run.study_id)
          \(guardClause)
          ORDER BY \(order)
          LIMIT ? OFFSET ?)
        SELECT run.*, page.study, page.grid, page.family, page.budget,
          \(PointText.sql("page.point")) AS asked,
          run.spec ->> '$.steps' AS steps, latest_value.step AS last_step,
          latest_value.value AS last_loss
        FROM page
        JOIN run ON run.id = page.id
        LEFT JOIN latest_value ON latest_value.run_id = run.id AND latest_value.metric = 'loss'
        ORDER BY \(order)
        """, arguments: arguments + [limit, offset]
    ).map(RunRow.init)
  }

  fileprivate func attempts(of run: Int64) throws -> [RunDetail.Attempt] {
    try Row.fetchAll(
      self, sql: "SELECT * FROM attempt WHERE run_id = ? ORDER BY epoch", arguments: [run]
    ).map { row in
      let environment: String? = row["environment"]
      return RunDetail.Attempt(
        epoch: row["epoch"], worker: row["worker_id"], leasedAt: row["leased_at"],
        startedAt: row["started_at"], endedAt: row["ended_at"], firstStep: row["first_step"],
        outcome: row["outcome"], message: row["message"],
        environment: try environment.map {
          try JSONText.decode([String: String].self, from: $0, column: "attempt.environment")
        } ?? [:])
    }
  }

  fileprivate func latest(of run: Int64) throws -> [RunDetail.Latest] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT metric, step, value FROM latest_value WHERE run_id = ? ORDER BY metric
        """, arguments: [run]
    ).map { RunDetail.Latest(metric: $0["metric"], step: $0["step"], value: $0["value"]) }
  }
}

extension RunRow {
  fileprivate init(_ row: Row) throws {
    let state = try RunState(stored: row["state"])
    let steps: Int? = row["steps"]
    self.init(
      id: row["id"], study: row["study"], grid: row["grid"], family: row["family"],
      budget: row["budget"], point: row["asked"], seed: row["seed"], state: state,
      activationRatio: row["activation_ratio"], granularity: row["granularity"],
      sharedRatio: row["shared_ratio"], flopsPerToken: row["flops_per_token"],
      tokens: row["tokens"], flops: row["flops"],
      step: state == .finished ? steps : row["last_step"], steps: steps,
      loss: row["loss"] ?? row["last_loss"], validationLoss: row["validation_loss"],
      bitsPerByte: row["bits_per_byte"], seconds: row["train_seconds"], attempts: row["epoch"],
      worker: row["worker_id"], message: row["message"])
  }
}
