import GRDB

extension Registry {
  /// Runs that one transaction inserts: what a lease may have to wait for.
  static let largestSlice = 1000

  /// Writes a submission slice by slice, out of sight, and shows all of it in one small transaction.
  /// One such submission is under way at a time. When it fails nothing of it stays.
  func submitInSlices(
    _ grids: [NewGrid], refresh: Bool, now: Int64
  ) async throws -> [SubmittedGrid] {
    await staging.enter()
    do {
      let begun = try await stage(grids, refresh: refresh, now: now)
      try await write { database in
        for (grid, begun) in zip(grids, begun) where begun.isNew {
          try database.finish(grid, begun, now: now)
        }
        try database.execute(sql: "DELETE FROM staged_range")
      }
      await staging.leave()
      return try await read { database in try begun.map(database.submitted) }
    } catch {
      // Not cancelled with the task that asked. What cannot be removed now is when the daemon starts.
      await Task { try? await write { try $0.removeStagedSubmissions() } }.value
      await staging.leave()
      throw error
    }
  }

  /// Inserts the grids and their runs, hidden; of each grid at most `slices`.
  func stage(
    _ grids: [NewGrid], refresh: Bool, now: Int64, slices: Int = .max
  ) async throws -> [BegunGrid] {
    var begun = try await write { database in
      try database.removeStagedSubmissions()
      let begun = try database.begin(grids, refresh: refresh, now: now)
      for grid in begun where grid.isNew { try database.hide(grid.id) }
      return begun
    }
    for index in begun.indices where begun[index].isNew {
      let (runs, grid) = (grids[index].runs, begun[index])
      let positions = stride(from: 0, to: runs.count, by: Self.largestSlice)
      for position in positions.prefix(slices) {
        let slice = runs[position..<min(position + Self.largestSlice, runs.count)]
        begun[index].inserted += try await write { database in
          let new = try database.insert(
            slice, at: position, grid: grid.id, study: grid.study, classes: grid.classes, now: now)
          try database.hide(new, of: grid.id)
          return new.count
        }
      }
    }
    return begun
  }
}

extension Database {
  /// Keeps a grid out of sight, whose runs are still to come.
  fileprivate func hide(_ grid: Int64) throws {
    try execute(
      sql: "INSERT INTO staged_range (grid_id, first_run, last_run) VALUES (?, 0, -1)",
      arguments: [grid])
  }

  /// Keeps runs from being leased. They mostly follow the grid's last ones: one range.
  fileprivate func hide(_ runs: Range<Int64>, of grid: Int64) throws {
    guard !runs.isEmpty else { return }
    try execute(
      sql:
        "UPDATE staged_range SET last_run = ? WHERE grid_id = ? AND last_run = ? AND last_run > 0",
      arguments: [runs.upperBound - 1, grid, runs.lowerBound - 1])
    guard changesCount == 0 else { return }
    try execute(
      sql: "INSERT INTO staged_range (grid_id, first_run, last_run) VALUES (?, ?, ?)",
      arguments: [grid, runs.lowerBound, runs.upperBound - 1])
  }

  /// Removes what is left of submissions that were cut off: their grids, and their runs where no
  /// other grid has asked for them since.
  func removeStagedSubmissions() throws {
    let grids = try Int64.fetchAll(self, sql: "SELECT DISTINCT grid_id FROM staged_range")
    guard !grids.isEmpty else { return }
    for table in ["grid_run", "grid_tally", "grid_law", "grid_wait"] {
      try execute(
        sql: "DELETE FROM \(table) WHERE grid_id IN (SELECT grid_id FROM staged_range)")
    }
    try execute(
      sql: """
        DELETE FROM run
        WHERE id IN (
            SELECT run.id FROM staged_range JOIN run ON run.id BETWEEN first_run AND last_run)
          AND NOT EXISTS (SELECT 1 FROM grid_run WHERE grid_run.run_id = run.id)
        """)
    // A run that another grid has asked for since queues there.
    try execute(
      sql: """
        UPDATE run
        SET class_id = (
          SELECT queue_class.id
          FROM grid_run JOIN queue_class USING (grid_id, family, budget)
          WHERE grid_run.run_id = run.id
          ORDER BY grid_run.grid_id LIMIT 1)
        WHERE class_id IN (
          SELECT queue_class.id FROM queue_class
          WHERE queue_class.grid_id IN (SELECT grid_id FROM staged_range))
        """)
    for table in ["queue_class", "grid_queue"] {
      try execute(
        sql: "DELETE FROM \(table) WHERE grid_id IN (SELECT grid_id FROM staged_range)")
    }
    try execute(sql: "DELETE FROM staged_range")
    for grid in grids { try execute(sql: "DELETE FROM grid WHERE id = ?", arguments: [grid]) }
  }
}
