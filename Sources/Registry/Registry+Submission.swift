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
  ///
  /// More runs than `largestSlice` are written in slices, which nobody sees until all are there, so
  /// that leases and reports go on meanwhile.
  public func submit(
    _ grids: [NewGrid], refresh: Bool = false, now: Int64
  ) async throws -> [SubmittedGrid] {
    guard grids.reduce(0, { $0 + $1.runs.count }) <= Self.largestSlice else {
      return try await submitInSlices(grids, refresh: refresh, now: now)
    }
    return try await write { database in
      let begun = try database.begin(grids, refresh: refresh, now: now)
      return try zip(grids, begun).map { grid, begun in
        var begun = begun
        if begun.isNew {
          begun.inserted = try database.insert(
            grid.runs[...], at: 0, grid: begun.id, study: begun.study, classes: begun.classes,
            now: now
          ).count
          try database.finish(grid, begun, now: now)
        }
        return try database.submitted(begun)
      }
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
  /// Its runs; none while it waits.
  var runs: [NewRun] {
    switch content {
    case .runs(let expansion): expansion.runs
    case .waits: []
    }
  }

  /// Digest of the source and, because its laws depend on them, of the grids that it waits for.
  fileprivate func identity(after earlier: [String]) -> String {
    guard case .waits(let waits) = content else { return SHA256.hex(of: source) }
    let sources = waits.map { "\($0.law) \(earlier[$0.stage])" }.sorted()
    return SHA256.hex(of: ([source] + sources).joined(separator: "\n"))
  }
}

/// A grid that is being submitted.
struct BegunGrid {
  let id: Int64
  let study: Int64
  /// Whether it was not there before; only then are its runs inserted.
  let isNew: Bool
  /// The classes that its runs queue in.
  var classes: [ClassKey: Int64] = [:]
  /// How many of its runs were new to the registry.
  var inserted = 0
}

extension Database {
  /// Finds or inserts the grids of a submission, without their runs.
  func begin(_ grids: [NewGrid], refresh: Bool, now: Int64) throws -> [BegunGrid] {
    var begun: [BegunGrid] = []
    var identities: [String] = []
    for grid in grids {
      let identity = grid.identity(after: identities)
      identities.append(identity)
      let study = try study(named: grid.study, now: now)
      let newest = try newestRevision(identity)
      if let newest, !(refresh && newest.isOutdated(by: grid)) {
        try schedule(newest.id, grid.scheduling, now: now)
        begun.append(BegunGrid(id: newest.id, study: study, isNew: false))
        continue
      }
      let id = try insert(
        grid, identity: identity, revision: (newest?.revision ?? 0) + 1, study: study, now: now)
      try schedule(id, grid.scheduling, now: nil)
      if case .waits(let waits) = grid.content {
        for wait in waits {
          try execute(
            sql: "INSERT INTO grid_wait (grid_id, law, source_id) VALUES (?, ?, ?)",
            arguments: [id, wait.law, begun[wait.stage].id])
        }
      }
      let classes = try insertClasses(of: grid.runs, grid: id, study: study)
      begun.append(BegunGrid(id: id, study: study, isNew: true, classes: classes))
    }
    return begun
  }

  /// Completes a grid that has its runs.
  func finish(_ grid: NewGrid, _ begun: BegunGrid, now: Int64) throws {
    var waits = 0
    switch grid.content {
    case .runs(let expansion): try insert(expansion.laws, grid: begun.id)
    case .waits(let laws): waits = laws.count
    }
    try append(
      .gridSubmitted, at: now, study: begun.study, grid: begun.id,
      detail: [
        "runs": .integer(Int64(grid.runs.count)), "new": .integer(Int64(begun.inserted)),
        "waits": .integer(Int64(waits)),
      ])
  }

  /// What a submission came to.
  func submitted(_ grid: BegunGrid) throws -> SubmittedGrid {
    let row = try Row.fetchOne(self, sql: "SELECT * FROM grid WHERE id = ?", arguments: [grid.id])!
    let waits: [String] =
      row["state"] == "blocked"
      ? try String.fetchAll(
        self, sql: "SELECT law FROM grid_wait WHERE grid_id = ? ORDER BY law",
        arguments: [grid.id])
      : []
    return SubmittedGrid(
      id: grid.id, known: !grid.isNew, revision: row["revision"], waits: waits,
      inserted: grid.inserted, runs: try runs(ofGrid: grid.id))
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
    try insert(
      expansion.runs[...], at: 0, grid: grid, study: study, classes: classes, now: now)
    try insert(expansion.laws, grid: grid)
  }

  private func insert(_ laws: [Expansion.Use], grid: Int64) throws {
    for use in laws {
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
