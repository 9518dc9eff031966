import Experiment
import GRDB
import Wire

extension Registry {
  /// Inserts the grids of one submission, in order, and those of their runs whose spec is new.
  ///
  /// The source is the identity: the same source again inserts nothing and answers with the grid
  /// and the runs that it first made. With `refresh` it makes a new revision where its settings
  /// have changed since. A run that another grid has asked for before is shared, in whatever state
  /// it is.
  public func submit(
    _ grids: [NewGrid], refresh: Bool = false, now: Int64
  ) async throws -> [SubmittedGrid] {
    try await write { database in
      var submitted: [SubmittedGrid] = []
      var identities: [String] = []
      for grid in grids {
        identities.append(grid.identity(after: identities))
        submitted.append(
          try database.submit(
            grid, identity: identities[identities.endIndex - 1],
            earlier: submitted.map(\.id), refresh: refresh, now: now))
      }
      return submitted
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

extension NewGrid {
  /// Digest of the source and, because its laws depend on them, of the grids that it waits for.
  fileprivate func identity(after earlier: [String]) -> String {
    guard case .waits(let waits) = content else { return SHA256.hex(of: source) }
    let sources = waits.map { "\($0.law) \(earlier[$0.stage])" }.sorted()
    return SHA256.hex(of: ([source] + sources).joined(separator: "\n"))
  }
}

extension Database {
  fileprivate func submit(
    _ grid: NewGrid, identity: String, earlier: [Int64], refresh: Bool, now: Int64
  ) throws -> SubmittedGrid {
    let newest = try newestRevision(identity)
    if let newest, !(refresh && newest.isOutdated(by: grid)) {
      try schedule(newest.id, grid.scheduling, now: now)
      return try submitted(newest.id, known: true, inserted: 0)
    }
    let study = try study(named: grid.study, now: now)
    let id = try insert(
      grid, identity: identity, revision: (newest?.revision ?? 0) + 1, study: study, now: now)
    try schedule(id, grid.scheduling, now: nil)
    let before = try runCount()
    switch grid.content {
    case .runs(let expansion):
      try expand(grid: id, into: expansion, study: study, now: now)
    case .waits(let waits):
      for wait in waits {
        try execute(
          sql: "INSERT INTO grid_wait (grid_id, law, source_id) VALUES (?, ?, ?)",
          arguments: [id, wait.law, earlier[wait.stage]])
      }
    }
    let grid = try submitted(id, known: false, inserted: try runCount() - before)
    try append(
      .gridSubmitted, at: now, study: study, grid: id,
      detail: [
        "runs": .integer(Int64(grid.runs.count)), "new": .integer(Int64(grid.inserted)),
        "waits": .integer(Int64(grid.waits.count)),
      ])
    return grid
  }

  private func submitted(_ id: Int64, known: Bool, inserted: Int) throws -> SubmittedGrid {
    let row = try Row.fetchOne(self, sql: "SELECT * FROM grid WHERE id = ?", arguments: [id])!
    let waits: [String] =
      row["state"] == "blocked"
      ? try String.fetchAll(
        self, sql: "SELECT law FROM grid_wait WHERE grid_id = ? ORDER BY law", arguments: [id])
      : []
    return SubmittedGrid(
      id: id, known: known, revision: row["revision"], waits: waits, inserted: inserted,
      runs: try runs(ofGrid: id))
  }

  private func newestRevision(_ identity: String) throws -> GridRevision? {
    try Row.fetchOne(
      self,
      sql: """
        SELECT id, revision, state, settings
        FROM grid WHERE source_sha256 = ? ORDER BY revision DESC LIMIT 1
        """, arguments: [identity]
    ).map {
      GridRevision(
        id: $0["id"], revision: $0["revision"], isBlocked: $0["state"] == "blocked",
        settings: $0["settings"])
    }
  }

  /// Gives a grid the runs of `expansion`, those whose spec is new as queued ones.
  func expand(grid: Int64, into expansion: Expansion, study: Int64, now: Int64) throws {
    let classes = try insertClasses(of: expansion.runs, grid: grid, study: study)
    for (position, run) in expansion.runs.enumerated() {
      try insert(
        run, at: position, grid: grid, study: study, entry: classes[run.classKey]!, now: now)
    }
    for use in expansion.laws {
      try execute(
        sql: """
          INSERT INTO grid_law (grid_id, family, quantity, law_id)
          SELECT ?, ?, ?, law.id
          FROM law JOIN study ON study.id = law.study_id
          WHERE study.name = ? AND law.name = ? AND law.input_sha256 = ?
          """,
        arguments: [
          grid, use.family, use.quantity, use.law.study, use.law.name, use.law.inputSHA256,
        ])
    }
  }

  private func runCount() throws -> Int {
    try Int.fetchOne(self, sql: "SELECT count(*) FROM run") ?? 0
  }

  private func runs(ofGrid grid: Int64) throws -> [KnownRun] {
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

  private func insert(
    _ grid: NewGrid, identity: String, revision: Int, study: Int64, now: Int64
  ) throws -> Int64 {
    let (state, settings) =
      switch grid.content {
      case .runs(let expansion): ("open", expansion.settings)
      case .waits: ("blocked", "{}")
      }
    try execute(
      sql: """
        INSERT INTO grid (
          study_id, name, source, source_sha256, revision, text, state, settings, fits, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        study, grid.name, grid.source, identity, revision, grid.text, state, settings,
        try JSONText(grid.fits), now,
      ])
    return lastInsertedRowID
  }

  private func insert(
    _ run: NewRun, at position: Int, grid: Int64, study: Int64, entry: Int64, now: Int64
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
          queued_at, class_id)
        VALUES ('trained', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)
        ON CONFLICT (spec_sha256) DO NOTHING
        """
    ).execute(arguments: [
      run.canonical, run.sha256, study, derived.parameters, derived.activeParameters, spec.tokens,
      derived.flopsPerToken, derived.forwardFLOPsWithLogits,
      derived.flopsPerToken * Double(spec.tokens), derived.activationRatio, derived.granularity,
      derived.sharedRatio, derived.denseRatio, derived.attentionShare, spec.batchTokens,
      spec.optimiser.learningRate, Int64(bitPattern: spec.seed), now,
      entry,
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

/// The newest grid of one source.
private struct GridRevision {
  var id: Int64
  var revision: Int
  var isBlocked: Bool
  var settings: String

  /// Whether `grid`, of the same source, would be set otherwise today. One that has taken laws from
  /// earlier grids is expanded anew.
  func isOutdated(by grid: NewGrid) -> Bool {
    switch grid.content {
    case .runs(let expansion): settings != expansion.settings
    case .waits: !isBlocked
    }
  }
}
