import GRDB
public import Wire

/// EL of one run by a law, in FLOPs and, where times were measured, in time.
public struct NewLeverage: Hashable, Sendable {
  public var run: Int64
  public var leverage: Double
  public var low: Double?
  public var high: Double?
  /// The dense compute lies outside the budgets that the law was fitted to.
  public var extrapolated: Bool
  public var timeLeverage: Double?
  public var timeLow: Double?
  public var timeHigh: Double?

  public init(
    run: Int64, leverage: Double, low: Double?, high: Double?, extrapolated: Bool,
    timeLeverage: Double? = nil, timeLow: Double? = nil, timeHigh: Double? = nil
  ) {
    self.run = run
    self.leverage = leverage
    self.low = low
    self.high = high
    self.extrapolated = extrapolated
    self.timeLeverage = timeLeverage
    self.timeLow = timeLow
    self.timeHigh = timeHigh
  }
}

extension LawSubmission {
  /// Its identity.
  public var key: LawKey { LawKey(study: study, name: name, inputSHA256: inputSHA256) }
}

extension Registry {
  /// Records a law with its leverage, once for each study, name and input.
  ///
  /// Returns its number, and whether it is new; a law that is known keeps its first numbers.
  /// Throws `.unknownStudy`, and `.notFinite` when a number is not.
  @discardableResult
  public func record(
    _ law: LawSubmission, leverage: [NewLeverage] = [], now: Int64
  ) async throws -> (id: Int64, inserted: Bool) {
    try await write { try $0.record(law, leverage: leverage, grid: nil, now: now) }
  }

  /// The newest law of each name, of one study or of all.
  public func laws(study: String? = nil) async throws -> [LawRow] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT * FROM laws WHERE study = coalesce(?, study) ORDER BY study, name",
        arguments: [study]
      ).map(LawRow.init)
    }
  }

  /// The laws that can give a grid its settings, newest first: those named after a quantity and a
  /// family, of any study.
  public func settingLaws() async throws -> [LawRow] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          \(LawRow.selection)
          WHERE law.name GLOB 'M/*' OR law.name GLOB 'learning_rate/*'
            OR law.name GLOB 'batch_tokens/*'
          ORDER BY law.id DESC
          """
      ).map(LawRow.init)
    }
  }

  /// Any law by its number, with the runs behind it. Throws `.unknownLaw`.
  public func law(_ id: Int64) async throws -> LawReport {
    try await read { database in
      let row = try Row.fetchOne(
        database, sql: "\(LawRow.selection) WHERE law.id = ?", arguments: [id])
      guard let row else { throw RegistryError.unknownLaw(id) }
      return LawReport(
        law: try LawRow(row),
        runs: try Int64.fetchAll(
          database, sql: "SELECT run_id FROM law_run WHERE law_id = ? ORDER BY run_id",
          arguments: [id]))
    }
  }

  /// EL of each run by the newest dense laws, of one study or of all, as the view has it.
  public func leverage(study: String? = nil) async throws -> [LeverageRow] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT *,
            \(PointText.sql("point")) AS asked
          FROM leverage
          WHERE study = coalesce(?, study)
          ORDER BY study, grid, budget, A DESC, G, S, run, law
          """, arguments: [study]
      ).map(LeverageRow.init)
    }
  }
}

extension Database {
  /// Inserts a law unless its input is known; `grid` is the one that it was fitted to.
  func record(
    _ law: LawSubmission, leverage: [NewLeverage] = [], grid: Int64?, now: Int64
  ) throws -> (id: Int64, inserted: Bool) {
    let study = try study(named: law.study)
    let known = try Int64.fetchOne(
      self, sql: "SELECT id FROM law WHERE study_id = ? AND name = ? AND input_sha256 = ?",
      arguments: [study, law.name, law.inputSHA256])
    if let known { return (known, false) }
    let id = try insert(law, leverage, study: study, grid: grid, now: now)
    try append(
      .lawRecorded, at: now, study: study, grid: grid,
      detail: [
        "law": .integer(id), "name": .text(law.name), "runs": .integer(Int64(law.runs.count)),
      ])
    return (id, true)
  }

  private func insert(
    _ law: LawSubmission, _ leverage: [NewLeverage], study: Int64, grid: Int64?, now: Int64
  ) throws -> Int64 {
    try execute(
      sql: """
        INSERT INTO law (
          study_id, name, form, parameters, warnings, input_sha256, detail, grid_id, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        study, law.name, law.form, try JSONText(law.parameters), try JSONText(law.warnings),
        law.inputSHA256, try JSONText(law.detail), grid, now,
      ])
    let id = lastInsertedRowID
    let source = try makeStatement(sql: "INSERT INTO law_run (law_id, run_id) VALUES (?, ?)")
    for run in law.runs { try source.execute(arguments: [id, run]) }
    let estimate = try makeStatement(
      sql: """
        INSERT INTO leverage_estimate (
          law_id, run_id, leverage, low, high, extrapolated, time_leverage, time_low, time_high)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    for row in leverage {
      guard row.leverage.isFinite else {
        throw RegistryError.notFinite("leverage of run \(row.run)")
      }
      try estimate.execute(arguments: [
        id, row.run, row.leverage, row.low, row.high, row.extrapolated, row.timeLeverage,
        row.timeLow, row.timeHigh,
      ])
    }
    return id
  }
}

extension LawRow {
  /// Any law, not only the newest of its name, in the columns of the view.
  static let selection = """
    SELECT law.*, study.name AS study, grid.name AS grid,
      (SELECT count(*) FROM law_run WHERE law_run.law_id = law.id) AS runs
    FROM law JOIN study ON study.id = law.study_id LEFT JOIN grid ON grid.id = law.grid_id
    """

  init(_ row: Row) throws {
    self.init(
      id: row["id"], study: row["study"], grid: row["grid"], name: row["name"], form: row["form"],
      parameters: try JSONText.decode(
        [LawParameter].self, from: row["parameters"], column: "law.parameters"),
      warnings: try JSONText.decode([String].self, from: row["warnings"], column: "law.warnings"),
      detail: try JSONText.decode(LawDetail.self, from: row["detail"], column: "law.detail"),
      runs: row["runs"], inputSHA256: row["input_sha256"], createdAt: row["created_at"])
  }
}

extension LeverageRow {
  fileprivate init(_ row: Row) {
    self.init(
      study: row["study"], grid: row["grid"], run: row["run"], family: row["family"],
      budget: row["budget"], point: row["asked"], seed: row["seed"], activationRatio: row["A"],
      granularity: row["G"],
      sharedRatio: row["S"], flops: row["C"], loss: row["loss"],
      validationLoss: row["validation_loss"], leverage: row["EL"], low: row["EL_low"],
      high: row["EL_high"], extrapolated: row["extrapolated"], timeLeverage: row["EL_time"],
      timeLow: row["EL_time_low"], timeHigh: row["EL_time_high"], law: row["law"])
  }
}
