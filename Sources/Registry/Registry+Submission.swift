import Experiment
import GRDB
import Wire

extension Registry {
  /// Inserts a grid and those of its runs whose spec is new.
  ///
  /// The source is the identity: the same source again inserts nothing and answers with the grid
  /// and the runs that it first made. A run that another grid has asked for before is shared, in
  /// whatever state it is.
  public func submit(_ grid: NewGrid, runs: [NewRun], now: Int64) async throws -> SubmittedGrid {
    let sourceSHA256 = SHA256.hex(of: grid.source)
    return try await write { database in
      if let known = try database.grid(withSource: sourceSHA256) {
        return SubmittedGrid(
          id: known, known: true, inserted: 0, runs: try database.runs(ofGrid: known))
      }
      let study = try database.study(named: grid.study, now: now)
      let id = try database.insert(grid, sourceSHA256: sourceSHA256, study: study, now: now)
      let before = try database.runCount()
      for (position, run) in runs.enumerated() {
        try database.insert(run, at: position, grid: id, study: study, now: now)
      }
      let inserted = try database.runCount() - before
      try database.append(
        .gridSubmitted, at: now, study: study, grid: id,
        detail: ["runs": .integer(Int64(runs.count)), "new": .integer(Int64(inserted))])
      return SubmittedGrid(
        id: id, known: false, inserted: inserted, runs: try database.runs(ofGrid: id))
    }
  }

  /// Which specs the registry has, by the digest of their canonical JSON.
  public func preview(_ specHashes: [String]) async throws -> [String: KnownRun] {
    try await read { database in
      let statement = try database.makeStatement(
        sql: "SELECT id, state FROM run WHERE spec_sha256 = ?")
      var known: [String: KnownRun] = [:]
      for hash in specHashes {
        if let row = try Row.fetchOne(statement, arguments: [hash]) {
          known[hash] = try KnownRun(row)
        }
      }
      return known
    }
  }
}

extension KnownRun {
  init(_ row: Row) throws {
    self.init(id: row["id"], state: try RunState(stored: row["state"]))
  }
}

extension Database {
  fileprivate func grid(withSource sha256: String) throws -> Int64? {
    try Int64.fetchOne(
      self, sql: "SELECT id FROM grid WHERE source_sha256 = ?", arguments: [sha256])
  }

  fileprivate func runCount() throws -> Int {
    try Int.fetchOne(self, sql: "SELECT count(*) FROM run") ?? 0
  }

  fileprivate func runs(ofGrid grid: Int64) throws -> [KnownRun] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT run.id, run.state
        FROM grid_run JOIN run ON run.id = grid_run.run_id
        WHERE grid_run.grid_id = ?
        ORDER BY grid_run.position
        """, arguments: [grid]
    ).map(KnownRun.init)
  }

  /// The study of that name, made when it is new.
  func study(named name: String, now: Int64) throws -> Int64 {
    try execute(
      sql: "INSERT INTO study (name, created_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
      arguments: [name, now])
    return try study(named: name)
  }

  /// The study of that name. Throws `.unknownStudy`.
  func study(named name: String) throws -> Int64 {
    let id = try Int64.fetchOne(self, sql: "SELECT id FROM study WHERE name = ?", arguments: [name])
    guard let id else { throw RegistryError.unknownStudy(name) }
    return id
  }

  fileprivate func insert(
    _ grid: NewGrid, sourceSHA256: String, study: Int64, now: Int64
  ) throws -> Int64 {
    try execute(
      sql: """
        INSERT INTO grid (study_id, name, source, source_sha256, text, settings, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [study, grid.name, grid.source, sourceSHA256, grid.text, grid.settings, now])
    return lastInsertedRowID
  }

  fileprivate func insert(
    _ run: NewRun, at position: Int, grid: Int64, study: Int64, now: Int64
  ) throws {
    let derived = run.derived
    let spec = run.spec
    // A spec that is known already keeps its row: trained once, whoever asks.
    try cachedStatement(
      sql: """
        INSERT INTO run (
          source, spec, spec_sha256, study_id, parameters, active_parameters, tokens,
          flops_per_token, forward_flops_with_logits, flops, activation_ratio, granularity,
          shared_ratio, dense_ratio, attention_share, batch_tokens, learning_rate, seed, state,
          queued_at)
        VALUES ('trained', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)
        ON CONFLICT (spec_sha256) DO NOTHING
        """
    ).execute(arguments: [
      run.canonical, run.sha256, study, derived.parameters, derived.activeParameters, spec.tokens,
      derived.flopsPerToken, derived.forwardFLOPsWithLogits,
      derived.flopsPerToken * Double(spec.tokens), derived.activationRatio, derived.granularity,
      derived.sharedRatio, derived.denseRatio, derived.attentionShare, spec.batchTokens,
      spec.optimiser.learningRate, Int64(bitPattern: spec.seed), now,
    ])
    try cachedStatement(
      sql: """
        INSERT INTO grid_run (
          grid_id, position, run_id, family, budget, point, flops_error, flags)
        SELECT ?, ?, id, ?, ?, ?, ?, ? FROM run WHERE spec_sha256 = ?
        """
    ).execute(arguments: [
      grid, position, run.family, run.budget, JSONText.object(run.point), run.flopsError,
      try JSONText(run.flags), run.sha256,
    ])
  }
}
