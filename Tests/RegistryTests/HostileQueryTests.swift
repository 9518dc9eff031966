import Foundation
import Testing
import Wire

@testable import Registry

@Suite("A query reaches no further than the registry's results, nor uses more than its share")
struct HostileQueryTests {
  @Test(
    "what would write, reach other files or show secrets is refused before it runs",
    arguments: [
      ("SELECT sha256 FROM token", "it reads token, which is closed to queries"),
      ("SELECT * FROM token", "it reads token, which is closed to queries"),
      ("SELECT count(*) FROM token", "it reads token, which is closed to queries"),
      ("SELECT * FROM main.\"TOKEN\"", "it reads token, which is closed to queries"),
      ("SELECT (SELECT sha256 FROM token LIMIT 1)", "it reads token, which is closed to queries"),
      (
        "WITH t AS (SELECT sha256 AS x FROM token) SELECT x FROM t",
        "it reads token, which is closed to queries"
      ),
      (
        "SELECT id FROM run WHERE EXISTS (SELECT 1 FROM token WHERE sha256 > 'a')",
        "it reads token, which is closed to queries"
      ),
      ("EXPLAIN SELECT * FROM token", "it reads token, which is closed to queries"),
      ("SELECT * FROM dbstat", "it reads dbstat, which is closed to queries"),
      ("SELECT * FROM sqlite_stmt", "it reads sqlite_stmt, which is closed to queries"),
      ("SELECT load_extension('/tmp/x.so')", "it calls load_extension"),
      ("SELECT \"LOAD_EXTENSION\"('/tmp/x.so', 'f')", "it calls load_extension"),
      ("SELECT fts3_tokenizer('simple')", "it calls fts3_tokenizer"),
      ("SELECT rtreecheck('run')", "it calls rtreecheck"),
      ("WITH x AS (SELECT 1) INSERT INTO run (id) SELECT 1", "it writes"),
      ("WITH x AS (SELECT 1) UPDATE run SET state = 'queued'", "it writes"),
      ("EXPLAIN DROP TABLE run", "it writes"),
      ("EXPLAIN ATTACH '/etc/passwd' AS p", "it opens another file"),
      ("EXPLAIN PRAGMA journal_mode = DELETE", "it asks for a setting"),
      ("EXPLAIN COMMIT", "it begins or ends a transaction"),
      ("EXPLAIN SAVEPOINT s", "it begins or ends a transaction"),
      (
        "SELECT * FROM pragma_database_list",
        "it reads pragma_database_list, which is closed to queries"
      ),
    ])
  func refused(query: String, reason: String) async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let before = try await ledger.dump()
    await #expect(throws: RegistryError.queryRefused(reason: reason)) {
      try await ledger.rows(query)
    }
    #expect(try await ledger.dump() == before)
  }

  @Test(
    "what helps to read the results is allowed",
    arguments: [
      ("SELECT count(*) FROM runs", "1"),
      ("SELECT name FROM pragma_table_info('study') WHERE pk = 1", "id"),
      ("SELECT name FROM sqlite_schema WHERE name = 'runs'", "runs"),
      ("SELECT sum(value) FROM json_each('[1, 2, 4]')", "7"),
      (
        "SELECT max(i) FROM (WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n "
          + "LIMIT 1000) SELECT i FROM n)", "1000"
      ),
      ("SELECT round(sqrt(2), 3) || upper('x')", "1.414X"),
    ])
  func allowed(query: String, answer: String) async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    #expect(try await ledger.rows(query) == [[answer]])
  }

  @Test(
    "what would take for ever is ended in time, and the next query is answered",
    arguments: [
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
      """
      WITH n(i) AS (SELECT value FROM json_each('[1,2,3,4,5,6,7,8,9,10]'))
      SELECT count(*) FROM n a, n b, n c, n d, n e, n f, n g, n h, n i, n j, n k
      """,
      """
      WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)
      SELECT i FROM n ORDER BY i DESC
      """,
      """
      WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)
      SELECT count(*) FROM n WHERE hex(zeroblob(100000)) LIKE '%1%2%3%' || i
      """,
    ])
  func endless(query: String) async throws {
    let ledger = try await Ledger()
    let started = ContinuousClock.now
    await #expect(throws: RegistryError.queryTooSlow(seconds: 0.2)) {
      try await ledger.registry.query(query, rowLimit: 10, timeLimit: .milliseconds(200))
    }
    // Far more than the limit, for the machine may be busy; without one they would take for ever.
    #expect(started.duration(to: .now) < .seconds(60))
    #expect(try await ledger.rows("SELECT 1") == [["1"]])
  }

  @Test(
    "a value larger than 16 MiB is not made",
    arguments: [
      "SELECT length(zeroblob(1000000000))", "SELECT length(randomblob(1000000000))",
      "SELECT length(hex(zeroblob(16000000)))",
      "SELECT length(replace(hex(zeroblob(4000000)), '0', 'aaaaaaaa'))",
    ])
  func large(query: String) async throws {
    let ledger = try await Ledger()
    await #expect(throws: RegistryError.queryFailed("string or blob too big")) {
      try await ledger.rows(query)
    }
  }

  @Test("an answer is cut before it has more bytes than the limit, and says so")
  func bytes() async throws {
    let ledger = try await Ledger()
    let limits = QueryLimits(rows: 1000, time: .seconds(30), bytes: 10_000)
    let table = try await ledger.registry.query(
      """
      WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)
      SELECT hex(zeroblob(1500)) FROM n
      """, limits: limits)
    #expect(table.rows.count == 3 && table.truncated)
  }

  @Test("four slow queries hold up neither the daemon's own reading nor its writing")
  func beside() async throws {
    let ledger = try await Ledger()
    let registry = ledger.registry
    let endless =
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    let queries = (0..<4).map { _ in
      Task { try await registry.query(endless, rowLimit: 1, timeLimit: .seconds(30)) }
    }
    let run = try await ledger.submit([1]).runs[0].id
    #expect(try await registry.runs(RunFilter()).map(\.id) == [run])
    for query in queries { query.cancel() }
    for query in queries { _ = await query.result }
  }
}
