import Experiment
import GRDB
public import Wire

extension Registry {
  /// Why a run is not running: everything that stands in its way. Throws `.unknownRun`.
  public func explanation(run: Int64, now: Int64) async throws -> Explanation {
    try await read { try $0.explanation(run: run, now: now) }
  }

  /// Why nothing of a grid is running. Throws `.unknownGrid`.
  public func explanation(grid: Int64, now: Int64) async throws -> GridExplanation {
    try await read { database in
      try database.requireGrid(grid)
      let next = try Int64.fetchOne(
        database,
        sql: """
          SELECT run.id FROM grid_run JOIN run ON run.id = grid_run.run_id
          WHERE grid_run.grid_id = ? AND run.state = 'queued' ORDER BY grid_run.position LIMIT 1
          """, arguments: [grid])
      return GridExplanation(
        grid: grid, reasons: try database.waitingReasons(grid: grid),
        counts: try database.counts(grid: grid),
        next: try next.map { try database.explanation(run: $0, now: now) })
    }
  }
}

extension Database {
  fileprivate func explanation(run: Int64, now: Int64) throws -> Explanation {
    guard let row = try Row.fetchOne(self, sql: "SELECT * FROM run WHERE id = ?", arguments: [run])
    else { throw RegistryError.unknownRun(run) }
    let state = try RunState(stored: row["state"])
    switch state {
    case .leased:
      let attempt = try Row.fetchOne(
        self, sql: "SELECT * FROM attempt WHERE run_id = ? AND epoch = ?",
        arguments: [run, row["epoch"] as Int])
      return Explanation(
        run: run, state: state,
        reasons: [
          .leased(
            worker: row["worker_id"], epoch: row["epoch"], since: attempt?["leased_at"] ?? now)
        ])
    case .finished, .diverged, .failed, .cancelled:
      let failure: String? = row["failure"]
      return Explanation(
        run: run, state: state,
        reasons: [
          .ended(
            state: state, failure: failure.flatMap(FailureClass.init), message: row["message"])
        ])
    case .queued:
      return try explanation(queued: run, in: row["class_id"], from: row["not_before"], now: now)
    }
  }

  private func explanation(
    queued run: Int64, in id: Int64, from notBefore: Int64, now: Int64
  ) throws -> Explanation {
    let place = try place(ofClass: id, now: now)
    var reasons = place.reasons(now: now)
    if notBefore > now { reasons.append(.notBefore(at: notBefore, because: .retry)) }
    let estimate = WalltimeEstimate(measured: try measuredClasses())
    let workers = WorkerFit(
      of: place.entry, on: try capacities(now: now), seconds: estimate.seconds(of: place.entry),
      now: now)
    reasons += workers.reasons
    if let ahead = try ahead(of: run, from: notBefore, in: place.entry, now: now) {
      reasons.append(ahead)
    }
    return Explanation(run: run, state: .queued, reasons: reasons, ready: workers.ready)
  }

  /// The runs that are served before this one, of all that are queued.
  private func ahead(
    of run: Int64, from notBefore: Int64, in entry: QueueClass, now: Int64
  ) throws -> Reason? {
    let classes = try waitingClasses(now: now)
    let share = entry.usage.share(at: now, weight: entry.weight)
    var (priority, byShare, order) = (0, 0, 0)
    for (other, queued) in classes {
      if other.priority != entry.priority {
        priority += other.priority > entry.priority ? queued : 0
      } else if other.study != entry.study {
        let theirs = other.usage.share(at: now, weight: other.weight)
        byShare += theirs < share ? queued : 0
      } else {
        order +=
          try Int.fetchOne(
            cachedStatement(
              sql: """
                SELECT count(*) FROM run
                WHERE state = 'queued' AND class_id = ?1 AND (
                  CASE WHEN ?1 = ?2 THEN (not_before, id) < (?3, ?4)
                  ELSE not_before <= ?5 AND id < ?4 END)
                """), arguments: [other.id, entry.id, notBefore, run, now]) ?? 0
      }
    }
    guard priority + byShare + order > 0 else { return nil }
    return .ahead(byPriority: priority, byShare: byShare, byOrder: order)
  }

  /// The laws that a grid waits for, and why it is stuck.
  fileprivate func waitingReasons(grid: Int64) throws -> [Reason] {
    let waits = try Row.fetchAll(
      self,
      sql: """
        SELECT grid_wait.law, source.name
        FROM grid_wait
        JOIN grid ON grid.id = grid_wait.grid_id AND grid.state = 'blocked'
        JOIN grid AS source ON source.id = grid_wait.source_id
        WHERE grid_wait.grid_id = ? ORDER BY grid_wait.law
        """, arguments: [grid]
    ).map { Reason.waitsForLaw(law: $0[0], grid: $0[1]) }
    let problem = try String.fetchOne(
      self, sql: "SELECT problem FROM grid WHERE id = ?", arguments: [grid])
    return (problem.map { [.stuck(problem: $0)] } ?? []) + waits
  }

  fileprivate func counts(grid: Int64) throws -> [String: Int] {
    let rows = try Row.fetchAll(
      self,
      sql: """
        SELECT run.state, count(*) FROM grid_run JOIN run ON run.id = grid_run.run_id
        WHERE grid_run.grid_id = ? GROUP BY run.state
        """, arguments: [grid])
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, $0[1] as Int) })
  }
}
