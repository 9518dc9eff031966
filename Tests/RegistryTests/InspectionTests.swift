import Foundation
import Testing

@testable import Registry

@Suite("What is wrong with a registry is named")
struct InspectionTests {
  /// One way to break each invariant, by its name.
  static let breakages = [
    "leased-has-its-attempt": """
    UPDATE run SET state = 'leased', worker_id = (SELECT min(id) FROM worker), lease_expires_at = 1,
      finished_at = NULL WHERE state = 'failed'
    """,
    "epochs-contiguous": "UPDATE run SET epoch = epoch + 1 WHERE state = 'failed'",
    "finished-once": """
    UPDATE attempt SET outcome = 'failed'
    WHERE run_id = (SELECT min(id) FROM run WHERE state = 'finished' AND source = 'trained')
    """,
    "diverged-once": "UPDATE attempt SET outcome = 'failed' WHERE outcome = 'diverged'",
    "imported-never-ran": """
    INSERT INTO attempt (run_id, epoch, worker_id, request, leased_at)
    SELECT id, 1, (SELECT min(id) FROM worker), 'never', 1 FROM run WHERE source = 'imported' LIMIT 1
    """,
    "spec-digest": "UPDATE run SET spec_sha256 = '0' WHERE id = 1",
    "spec-implies-columns": "UPDATE run SET flops = 2 * flops WHERE id = 1",
    "only-last-attempt-open":
      "UPDATE attempt SET ended_at = NULL, outcome = NULL WHERE outcome = 'lost'",
    "result-of-the-last-attempt": """
    UPDATE attempt SET outcome = 'released'
    WHERE run_id = (SELECT id FROM run WHERE state = 'failed')
    """,
    "chunk-has-its-attempt": "UPDATE attempt SET first_step = NULL WHERE outcome = 'finished'",
    "chunk-arrays-match": "UPDATE loss_chunk SET points = points + 1 WHERE metric = 'loss'",
    "chunk-ends-match": "UPDATE loss_chunk SET last_step = last_step + 1 WHERE metric = 'loss'",
    "chunks-rise": Self.overlap,
    "ended-is-sealed": "UPDATE loss_chunk SET sealed = 0 WHERE metric = 'loss'",
    "step-stands-once": Self.overlap,
    "blocked-has-no-runs":
      "UPDATE grid SET state = 'blocked', settled_at = NULL WHERE name = 'leverage'",
    "expansion-complete": """
    UPDATE grid_run SET position = 100
    WHERE position = 1 AND grid_id = (SELECT id FROM grid WHERE name = 'leverage')
    """,
    "grid-digest": "UPDATE grid SET source_sha256 = '0' WHERE name = 'leverage'",
    "waits-for-earlier": "UPDATE grid_wait SET source_id = grid_id",
    "settled-has-ended": "UPDATE grid SET settled_at = 1 WHERE settled_at IS NOT NULL",
    "run-has-a-grid": "DELETE FROM grid_run WHERE run_id = 1",
    "law-of-finished-runs":
      "UPDATE run SET state = 'failed' WHERE id = (SELECT min(run_id) FROM law_run)",
    "law-has-runs": "DELETE FROM law_run WHERE law_id = 1",
    "law-of-its-study": """
    UPDATE law SET study_id = (SELECT id FROM study WHERE study.id <> law.study_id LIMIT 1)
    WHERE grid_id IS NOT NULL
    """,
    "leverage-of-finished-runs":
      "UPDATE leverage_estimate SET low = leverage + 1, high = leverage",
    "lease-is-an-event": """
    DELETE FROM event WHERE sequence = (SELECT min(sequence) FROM event WHERE kind = 'run_leased')
    """,
    "result-is-an-event": """
    INSERT INTO event (at, kind, run_id, epoch)
    SELECT at, kind, run_id, epoch FROM event WHERE kind = 'run_finished' LIMIT 1
    """,
    "law-is-an-event": """
    DELETE FROM event WHERE sequence = (SELECT min(sequence) FROM event WHERE kind = 'law_recorded')
    """,
    "events-name-what-is-there":
      "INSERT INTO event (at, kind, run_id) VALUES (1, 'run_cancelled', 9999)",
    "lease-before-its-end": """
    UPDATE event SET sequence = 100000
    WHERE kind = 'run_leased' AND run_id = (
      SELECT min(id) FROM run WHERE state = 'finished' AND source = 'trained')
    """,
    "tally-counts": "UPDATE grid_tally SET runs = runs + 1 WHERE state = 'finished'",
    "tally-flops": "UPDATE grid_tally SET flops = 2 * flops WHERE state = 'finished'",
    "latest-value": "UPDATE latest_value SET value = value + 1 WHERE metric = 'loss'",
    "latest-value-is-there": "DELETE FROM latest_value WHERE metric = 'loss'",
    "webhook-behind-the-log": """
    INSERT INTO webhook (url, events, created_at, sequence)
    VALUES ('http://localhost/', '["run_failed"]', 1, 1000000)
    """,
  ]

  /// The steps of a curve once more, a step later.
  private static let overlap = """
    INSERT INTO loss_chunk
    SELECT run_id, metric, epoch, first_step + 1, last_step, points, sealed, steps, tokens, "values"
    FROM loss_chunk WHERE metric = 'loss' AND first_step < last_step LIMIT 1
    """

  @Test("there are at least fifteen invariants, each broken on purpose here")
  func covered() {
    #expect(Invariant.all.count >= 15)
    #expect(Invariant.all.map(\.name).sorted() == Self.breakages.keys.sorted())
  }

  @Test("docs/operations.md lists them as they are")
  func documented() throws {
    let text = try Checkout.text("docs/operations.md")
    let rows = text.components(separatedBy: "| invariant | what is always true |")[1]
      .components(separatedBy: "\n\n")[0].components(separatedBy: "\n").dropFirst(2)
    #expect(rows == Invariant.all.map { "| `\($0.name)` | \($0.statement) |" }[...])
  }

  @Test("a violation is told by its invariant's name and row", arguments: breakages.keys.sorted())
  func named(invariant: String) async throws {
    let sample = try Sample()
    try Registry.open(sample.path).close()
    try sample.tamper(Self.breakages[invariant]!)
    let found = try await Registry.openReadOnly(sample.path).inspect()
    #expect(!found.isSound)
    let violation = try #require(
      found.violations.first { $0.invariant == invariant }, "\(found.violations.map(\.invariant))")
    #expect(violation.count > 0)
    #expect(violation.rows.first?.isEmpty == false)
  }

  @Test("a quick look leaves out what unpacks every number")
  func quick() async throws {
    let sample = try Sample()
    try Registry.open(sample.path).close()
    try sample.tamper(Self.breakages["chunk-arrays-match"]!)
    let registry = try Registry.openReadOnly(sample.path)
    let quick = try await registry.inspect(quick: true)
    #expect(quick.isSound)
    #expect(quick.invariants < Invariant.all.count)
    #expect(try await registry.inspect().invariants == Invariant.all.count)
  }

  @Test("at most the rows that were asked for are listed, and all are counted")
  func limited() async throws {
    let sample = try Sample()
    try Registry.open(sample.path).close()
    try sample.tamper("UPDATE run SET spec_sha256 = 'x' || id WHERE spec IS NOT NULL")
    let found = try await Registry.openReadOnly(sample.path).inspect(rowLimit: 3)
    let violation = try #require(found.violations.first { $0.invariant == "spec-digest" })
    #expect(violation.rows == ["run 1", "run 2", "run 3"])
    #expect(violation.count == 31)
  }

  @Test("a reference to nothing and a damaged page are told")
  func damage() async throws {
    let sample = try Sample()
    try Registry.open(sample.path).close()
    try sample.tamper("DELETE FROM worker")
    let found = try await Registry.openReadOnly(sample.path).inspect()
    #expect(found.foreignKeys.contains("attempt → worker"))

    let broken = try Sample()
    try Registry.open(broken.path).close()
    try Damage.overwrite(broken.path)
    let damaged = try await Registry.openReadOnly(broken.path).inspect()
    #expect(!damaged.integrity.isEmpty)
    #expect(damaged.invariants == 0)
  }
}

/// A disk that lost its memory.
enum Damage {
  /// Overwrites the pages in the middle of the file at `path`.
  static func overwrite(_ path: String) throws {
    let handle = try FileHandle(forUpdating: URL(filePath: path))
    let size = try handle.seekToEnd()
    try handle.seek(toOffset: size / 4)
    try handle.write(contentsOf: Data(repeating: 0xAB, count: Int(size / 2)))
    try handle.close()
  }
}
