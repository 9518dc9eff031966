import Experiment
import Foundation
import GRDB
import Testing
import Wire

@testable import Registry

@Suite("A registry from before the queue is taken over")
struct QueueMigrationTests {
  @Test("its runs are in classes, its live attempts are counted, and it goes on")
  func takenOver() async throws {
    let ledger = try await Ledger()
    let old = ledger.folder.appending(path: "old.db").path
    let pool = try DatabasePool(path: old)
    var migrator = DatabaseMigrator()
    for (name, sql) in Migrations.all where name < "v003" {
      migrator.registerMigration(name) { try $0.execute(sql: sql) }
    }
    try migrator.migrate(pool)
    try await pool.write { database in
      let spec = Ledger.spec(seed: 1)
      try database.execute(
        sql: """
          INSERT INTO study (id, name, created_at) VALUES (1, 's', 1);
          INSERT INTO grid (id, study_id, name, source, source_sha256, text, state, settings,
            created_at) VALUES (1, 1, 'g', '{}', 'x', '', 'open', '{}', 1);
          INSERT INTO worker (id, host, pid, slots, version, joined_at, seen_at)
          VALUES ('w', 'here', 1, 2, '0', 1, 1);
          """)
      for (id, state) in [(1, "leased"), (2, "queued"), (3, "failed")] {
        try database.execute(
          sql: """
            INSERT INTO run (id, source, spec, spec_sha256, study_id, state, epoch, queued_at,
              worker_id, lease_expires_at, finished_at, flops, tokens, batch_tokens,
              forward_flops_with_logits)
            VALUES (?1, 'trained', ?2, ?3, 1, ?4, ?4 = 'leased', 1, iif(?4 = 'leased', 'w', NULL),
              iif(?4 = 'leased', 9, NULL), iif(?4 = 'failed', 5, NULL), 3e6, 100, 10, 50)
            """, arguments: [id, spec.canonical, "\(id)", state])
        try database.execute(
          sql: """
            INSERT INTO grid_run (grid_id, position, run_id, family, budget, point, flops_error,
              flags) VALUES (1, ?, ?, 'moe', 3e6, '{}', 0, '[]')
            """, arguments: [id, id])
      }
      try database.execute(
        sql: """
          INSERT INTO attempt (run_id, epoch, worker_id, request, leased_at)
          VALUES (1, 1, 'w', 'r', 2)
          """)
    }
    try pool.close()

    let registry = try Registry.open(old)
    let queue = try await registry.queue(ofStudy: "s", now: 10)
    #expect(queue.running == 1 && queue.queued == 1 && queue.inFlightFLOPs == 3e6)
    let next = try await registry.lease(
      LeaseRequest(worker: "w", request: "n"), now: 10, leaseDuration: .seconds(30))
    #expect(next?.run == 2)
    #expect(try await registry.retry(study: "s", now: 11) == [3])
    _ = try await registry.outcome(
      OutcomeReport(
        report: Report(run: 1, epoch: 1, sequence: 1, events: []), outcome: Ledger.finished,
        next: nil), now: 12, leaseDuration: .seconds(30))
    #expect(try await registry.queue(ofStudy: "s", now: 12).running == 1)
    try registry.close()
  }
}
