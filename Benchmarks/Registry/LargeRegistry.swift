import Foundation
import GRDB
import Registry

/// A registry as years of use leave it, written with SQL: a million runs, most of them ended, and the
/// chunks of their losses.
enum LargeRegistry {
  /// Grids that the runs are spread over.
  static let grids = 100

  /// `runs` runs with `pointsEach` points in one chunk each.
  static func make(_ path: String, runs: Int, pointsEach: Int) async throws {
    // The daemon's own migration, and one run to copy.
    try await BenchmarkGrid.fill(path, runs: 500)
    let database = try DatabaseQueue(path: path)
    try await database.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")
      try database.inTransaction {
        try insertRuns(database, count: runs)
        try insertChunks(database, points: pointsEach)
        return .commit
      }
    }
    try database.close()
  }

  private static func insertRuns(_ database: Database, count: Int) throws {
    try database.execute(
      sql: """
        INSERT INTO worker (id, host, pid, slots, version, joined_at, seen_at)
        VALUES ('w', 'h', 1, 1, '0', 0, 0);

        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 99)
        INSERT INTO grid (
          study_id, name, source, source_sha256, text, state, settings, created_at)
        SELECT study_id, name || n, source, source_sha256 || n, text, state, settings, 0
        FROM grid, number WHERE grid.id = 1;
        """)
    try database.execute(
      sql: """
        WITH RECURSIVE number (n) AS (SELECT 501 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
        INSERT INTO run (
          id, source, spec, spec_sha256, study_id, parameters, active_parameters, tokens,
          flops_per_token, forward_flops_with_logits, flops, activation_ratio, granularity,
          shared_ratio, dense_ratio, attention_share, batch_tokens, learning_rate, seed, state,
          epoch, queued_at, finished_at, loss, validation_loss)
        SELECT n, source, spec, lower(hex(randomblob(32))), study_id, parameters,
          active_parameters, tokens, flops_per_token, forward_flops_with_logits, flops,
          activation_ratio, granularity, shared_ratio, dense_ratio, attention_share, batch_tokens,
          learning_rate, n, iif(n % 10 = 0, 'queued', 'finished'), 1, 0,
          iif(n % 10 = 0, NULL, n), iif(n % 10 = 0, NULL, 3.5), iif(n % 10 = 0, NULL, 3.6)
        FROM number JOIN run ON run.id = 1 + n % 500
        """, arguments: [count])
    try database.execute(
      sql: """
        INSERT INTO grid_run (
          grid_id, position, run_id, family, budget, point, flops_error, flags)
        SELECT 1 + run.id % ?, 500 + run.id, run.id, asked.family, asked.budget, asked.point, 0, '[]'
        FROM run JOIN grid_run AS asked ON asked.grid_id = 1 AND asked.position = run.id % 500
        WHERE run.id > 500
        """, arguments: [grids])
  }

  private static func insertChunks(_ database: Database, points: Int) throws {
    func array(_ value: (Int) -> String) -> String {
      "[\((1...points).map(value).joined(separator: ","))]"
    }
    try database.execute(
      sql: """
        INSERT INTO attempt (
          run_id, epoch, worker_id, request, leased_at, first_step, sequence, ended_at, outcome)
        SELECT id, 1, 'w', 'r' || id, 0, 0, 1, 1, iif(state = 'finished', 'finished', 'released')
        FROM run WHERE id > 500
        """)
    try database.execute(
      sql: """
        INSERT INTO loss_chunk (
          run_id, metric, epoch, first_step, last_step, points, sealed, steps, tokens, "values")
        SELECT id, 'loss', 1, 1, :points, :points, 1, :steps, :tokens, :values
        FROM run WHERE id > 500
        """,
      arguments: [
        "points": points, "steps": array { "\($0)" }, "tokens": array { "\($0 * 65536)" },
        "values": array { "\(3 + 1 / Double($0))" },
      ])
    try database.execute(
      sql: """
        INSERT INTO latest_value (run_id, metric, epoch, step, tokens, value, open_points)
        SELECT id, 'loss', 1, ?, NULL, 3.01, 0 FROM run WHERE id > 500
        """, arguments: [points])
  }
}
