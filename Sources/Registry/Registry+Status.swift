import GRDB
public import Wire

extension Registry {
  /// How far every grid is, and who works on it.
  public func status() async throws -> Status {
    try await read { database in
      Status(
        studies: try database.gridStatus(), workers: try database.workerStatus(),
        paused: try database.paused(), nodes: try database.nodes())
    }
  }
}

extension Database {
  fileprivate func gridStatus() throws -> [StudyStatus] {
    var rows: [Int64: StudyStatus] = [:]
    var order: [Int64] = []
    let groups = try Row.fetchAll(
      self,
      sql: """
        SELECT grid.id, study.name AS study, grid.name AS grid, grid.problem, tally.state,
          tally.runs, tally.flops, tally.best_validation_loss AS best,
          (SELECT json_group_array(law) FROM grid_wait
            WHERE grid_wait.grid_id = grid.id AND grid.state = 'blocked') AS waits
        FROM grid
        JOIN study ON study.id = grid.study_id
        LEFT JOIN grid_tally AS tally ON tally.grid_id = grid.id AND tally.runs > 0
        WHERE grid.id NOT IN (SELECT grid_id FROM staged_range)
        ORDER BY grid.id, tally.state
        """)
    for group in groups {
      let id: Int64 = group["id"]
      if rows[id] == nil { order.append(id) }
      var status =
        try rows[id]
        ?? StudyStatus(
          study: group["study"], grid: group["grid"], gridID: id, counts: [:], flops: 0,
          flopsDone: 0, bestValidationLoss: nil,
          waits: JSONText.decode([String].self, from: group["waits"], column: "grid_wait.law"),
          problem: group["problem"])
      defer { rows[id] = status }
      guard let stored = group["state"] as String? else { continue }
      let state = try RunState(stored: stored)
      status.counts[state.rawValue] = group["runs"]
      if state != .cancelled {
        status.flops += group["flops"]
        status.flopsDone += state.isEnded ? group["flops"] : 0
      }
      status.bestValidationLoss = status.bestValidationLoss ?? group["best"]
    }
    return order.compactMap { rows[$0] }
  }

  fileprivate func workerStatus() throws -> [WorkerStatus] {
    // By the index of leases: sorted by number, SQLite would look at every run for it.
    let held = try Row.fetchAll(
      self,
      sql: """
        SELECT worker_id, id FROM run INDEXED BY run_leases
        WHERE state = 'leased' AND lease_expires_at IS NOT NULL
        """)
    let runs = Dictionary(grouping: held) { $0["worker_id"] as String }
    return try Row.fetchAll(
      self, sql: "SELECT * FROM worker ORDER BY left_at IS NOT NULL, seen_at DESC, id LIMIT 1000"
    ).map { row in
      let id: String = row["id"]
      return WorkerStatus(
        id: id, host: row["host"], slots: row["slots"], seenAt: row["seen_at"],
        left: row["left_at"] != nil, runs: runs[id, default: []].map { $0["id"] }.sorted())
    }
  }
}
