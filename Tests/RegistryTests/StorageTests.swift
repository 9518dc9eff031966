import Foundation
import GRDB
import Testing
import Wire

@testable import Registry

@Suite("What is stored is of the right kind, on disk, and found again quickly")
struct StorageTests {
  @Test("every table is strict: a value of another type is refused")
  func strict() async throws {
    let ledger = try await Ledger()
    let loose = try await ledger.rows(
      """
      SELECT name FROM pragma_table_list
      WHERE schema = 'main' AND type = 'table' AND NOT strict
        AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'
      """)
    #expect(loose.isEmpty)
  }

  @Test("a commit is on disk before it is answered, and readers never wait for it")
  func durable() async throws {
    let ledger = try await Ledger()
    let settings = try await ledger.registry.write { database in
      [
        try String.fetchOne(database, sql: "PRAGMA journal_mode"),
        try String.fetchOne(database, sql: "PRAGMA synchronous"),
        try String.fetchOne(database, sql: "PRAGMA foreign_keys"),
      ]
    }
    #expect(settings == ["wal", "2", "1"])
  }

  @Test(
    "the statements that every worker waits for find their rows by an index",
    arguments: [
      ("SELECT min(class_id) FROM run WHERE state = 'queued' AND class_id > 3", "run_queue"),
      (
        """
        SELECT id FROM run WHERE state = 'queued' AND class_id = 3 AND not_before <= 5
        ORDER BY not_before, id LIMIT 1
        """, "USING INDEX run_queue (class_id=? AND not_before<?)"
      ),
      (
        "UPDATE run SET lost_leases = 1 WHERE state = 'leased' AND lease_expires_at <= 5",
        "run_leases"
      ),
      (
        """
        SELECT id FROM run WHERE state = 'failed' AND finished_at IS NOT NULL
        ORDER BY id LIMIT 100
        """, "run_ended"
      ),
      ("SELECT * FROM attempt WHERE request = 'r'", "sqlite_autoindex_attempt_1"),
      (
        "SELECT step FROM losses WHERE run = 1 AND metric = 'loss'",
        "PRIMARY KEY (run_id=? AND metric=?)"
      ),
    ])
  func indexed(statement: String, index: String) async throws {
    let ledger = try await Ledger()
    let plan = try await ledger.registry.read {
      try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN \(statement)").map { $0["detail"] as String }
    }
    #expect(plan.contains { $0.contains(index) }, "\(plan)")
    #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0 == "SCAN run" }, "\(plan)")
  }

  @Test("a file of a newer program is refused, and so is a text file")
  func newer() async throws {
    let ledger = try await Ledger()
    try await ledger.registry.write {
      try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('v999_later')")
    }
    #expect(
      throws: RegistryError.newerSchema(path: ledger.path, migrations: ["v999_later"])
    ) { try Registry.openReadOnly(ledger.path) }
    let text = ledger.folder.appending(path: "text.db").path
    try String(repeating: "no database", count: 100)
      .write(toFile: text, atomically: true, encoding: .utf8)
    #expect(throws: RegistryError.self) { try Registry.open(text) }
  }

  @Test("a value that breaks a rule is the sender's fault, by the rule's name")
  func rules() async throws {
    let ledger = try await Ledger()
    await #expect(throws: RegistryError.ruleBroken("CHECK constraint failed: worker_has_slots")) {
      try await ledger.registry.register(
        .init(id: "none", host: "h", pid: 1, slots: 0, version: "0"), now: ledger.tick())
    }
    #expect(RegistryError.ruleBroken("x").code == .invalid)
  }
}
