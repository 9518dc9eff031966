import Foundation
import Testing

@testable import Registry

@Suite("A registry of any earlier version is upgraded")
struct UpgradeTests {
  static let views = ["runs", "losses", "metrics", "laws", "leverage"]

  @Test("each schema before the newest has left a sample")
  func samples() throws {
    let versions = Migrations.all.map { String($0.name.prefix(4)) }
    let samples = try Sample.names.map { String($0.prefix(4)) }
    #expect(samples.first == "v001")
    #expect(Set(samples).isSubset(of: versions))
  }

  @Test("rows, views and invariants survive, and a copy from before is kept")
  func upgrade() async throws {
    for name in try Sample.names where name.prefix(4) != Migrations.all.last!.name.prefix(4) {
      let sample = try Sample(name)
      let before = try sample.answers()
      let registry = try Registry.open(sample.path)
      let upgrade = try #require(registry.upgrade)
      #expect(upgrade.from.prefix(4) == name.prefix(4))
      let found = try await registry.inspect()
      #expect(found.isSound, "\(name): \(found)")
      #expect(found.schema == Migrations.all.last!.name)
      try registry.close()
      #expect(try sample.answers(like: before) == before, "\(name)")
      // The copy is what the older program wrote, and this one can upgrade it again.
      #expect(upgrade.backup == "\(sample.path).\(upgrade.from)")
      #expect(try Sample.rows("SELECT count(*) FROM run", at: upgrade.backup)[0] == ["33"])
      #expect(throws: RegistryError.olderSchema(path: upgrade.backup)) {
        try Registry.openReadOnly(upgrade.backup)
      }
      try Registry.open(upgrade.backup).close()
    }
  }

  @Test("a file of this version is opened without a copy, and an earlier copy is never replaced")
  func onlyOnce() throws {
    let sample = try Sample()
    let taken = "\(sample.path).v001_registry"
    try Data("mine".utf8).write(to: URL(filePath: taken))
    let first = try Registry.open(sample.path)
    #expect(first.upgrade?.backup == taken + "-2")
    #expect(try Data(contentsOf: URL(filePath: taken)) == Data("mine".utf8))
    try first.close()
  }

  @Test("a new file is not an upgrade")
  func fresh() async throws {
    let ledger = try await Ledger()
    #expect(ledger.registry.upgrade == nil)
  }
}

extension Sample {
  /// The row counts of the tables, and what the views answer in the columns that they have.
  typealias Answers = [String: [[String]]]

  /// As they are now; with `earlier`, of its tables and columns alone.
  func answers(like earlier: Answers? = nil) throws -> Answers {
    var answers: Answers = [:]
    let tables =
      try earlier?.keys.filter { $0.hasPrefix("table ") }.map { String($0.dropFirst(6)) }
      ?? Self.rows(
        """
        SELECT name FROM sqlite_master
        WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%'
        """, at: path
      ).map { String($0[0].dropFirst().dropLast()) }
    for table in tables {
      answers["table \(table)"] = try Self.rows("SELECT count(*) FROM \(table)", at: path)
    }
    for view in UpgradeTests.views {
      let columns =
        try earlier?["columns \(view)"]?[0] ?? Self.columns("SELECT * FROM \(view)", at: path)
      answers["columns \(view)"] = [columns]
      let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
      answers[view] = try Self.rows("SELECT \(list) FROM \(view) ORDER BY \(list)", at: path)
    }
    return answers
  }
}
