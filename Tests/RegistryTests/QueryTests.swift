import Testing
import Wire

@testable import Registry

@Suite("A query that a person writes reads, ends and says what is wrong with it")
struct QueryTests {
  @Test(
    "anything but one reading statement is refused",
    arguments: [
      ("DELETE FROM run", "it begins with DELETE"),
      ("PRAGMA journal_mode = DELETE", "it begins with PRAGMA"),
      ("ATTACH 'x.db' AS x", "it begins with ATTACH"), ("VACUUM", "it begins with VACUUM"),
      ("SELEC 1", "it begins with SELEC"), ("-- SELECT 1\nDROP TABLE run", "it begins with DROP"),
      ("WITH x AS (SELECT 1) DELETE FROM run", "it writes"),
      ("SELECT 1; DELETE FROM run", "it is more than one statement"),
      ("SELECT 1; SELECT 2", "it is more than one statement"), ("", "it is empty"),
      (" ; -- SELECT 1", "it is empty"), ("/* SELECT 1", "it is empty"),
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
    "what SQLite cannot carry out fails in its words",
    arguments: [
      ("SELECT * FROM nowhere", "no such table: nowhere"),
      ("SELECT nowhere FROM runs", "no such column: nowhere"),
      ("SELECT 1 FROM", "incomplete input"), ("(SELECT 1)", "near \"(\": syntax error"),
      // These are found out on the way.
      ("SELECT abs(-9223372036854775808)", "integer overflow"),
      ("SELECT json_extract('{', '$.a')", "malformed JSON"),
    ])
  func failed(query: String, message: String) async throws {
    let ledger = try await Ledger()
    await #expect(throws: RegistryError.queryFailed(message)) { try await ledger.rows(query) }
  }

  @Test("one that does not end is ended, and the next one is answered")
  func endless() async throws {
    let ledger = try await Ledger()
    await #expect(throws: RegistryError.queryTooSlow(seconds: 0.05)) {
      try await ledger.registry.query(
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        rowLimit: 1, timeLimit: .milliseconds(50))
    }
    #expect(try await ledger.rows("SELECT 1") == [["1"]])
  }

  @Test(
    "no more rows than the limit come back, and whether there were more is said",
    arguments: [(0, true), (1, true), (2, true), (3, false), (4, false)])
  func limit(rows: Int, isTruncated: Bool) async throws {
    let ledger = try await Ledger()
    let table = try await ledger.registry.query(
      "SELECT column1 AS n FROM (VALUES (1), (2), (3))", rowLimit: rows, timeLimit: .seconds(30))
    let expected = (1...3).prefix(rows).map { [Table.Value.integer(Int64($0))] }
    #expect(table == Table(columns: ["n"], rows: expected, truncated: isTruncated))
  }

  @Test("each of SQLite's types has its value")
  func types() async throws {
    let ledger = try await Ledger()
    let table = try await ledger.registry.query(
      "/* all */ SELECT NULL AS a, -3 AS b, 0.5 AS c, 'α' AS d, x'00ff' AS e, 9e999 AS f; ",
      rowLimit: 1, timeLimit: .seconds(30))
    #expect(
      table
        == Table(
          columns: ["a", "b", "c", "d", "e", "f"],
          rows: [[.null, .integer(-3), .real(0.5), .text("α"), .text("x'00ff'"), .text("inf")]]))
  }
}
