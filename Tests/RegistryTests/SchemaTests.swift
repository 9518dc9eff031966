import Testing
import Wire

@testable import Registry

@Suite("The schema is the one that was agreed on")
struct SchemaTests {
  @Test("a migrated file has the tables, indexes, triggers and views of schema.sql, word for word")
  func golden() async throws {
    let ledger = try await Ledger()
    // Without what SQLite and the migrator keep for themselves.
    let objects = try await ledger.rows(
      """
      SELECT type, name, sql FROM sqlite_master
      WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%'
      ORDER BY rowid
      """)
    let text = objects.map { "-- \($0[0]) \($0[1])\n\($0[2]);\n" }.joined(separator: "\n")
    #expect(try text == Checkout.text("Tests/RegistryTests/schema.sql"))
  }
}
