import Foundation
import GRDB
import Wire

extension Registry {
  /// Reads the whole file as one consistent view, beside a live daemon too, and says what is wrong
  /// with it. `quick` leaves out the invariants that unpack every recorded number.
  ///
  /// A damaged file is a finding, not an error; throws what else keeps it from being read.
  public func inspect(quick: Bool = false, rowLimit: Int = 20) async throws -> Inspection {
    try await read { database in
      var inspection = Inspection(
        integrity: try database.integrityProblems(), foreignKeys: [], invariants: 0,
        violations: [], schema: try database.newestMigration() ?? "none",
        databaseBytes: 0, walBytes: 0)
      let size = try database.fileSize()
      (inspection.databaseBytes, inspection.walBytes) = (size.database, size.wal)
      // Queries over damaged pages say nothing more.
      guard inspection.integrity.isEmpty else { return inspection }
      inspection.foreignKeys = try database.brokenReferences()
      let invariants = Invariant.all.filter { !(quick && $0.readsEveryPoint) }
      inspection.invariants = invariants.count
      inspection.violations = try invariants.compactMap {
        try database.violation(of: $0, rowLimit: rowLimit)
      }
      return inspection
    }
  }

  /// Bytes of the file and of its write-ahead log.
  public func fileSize() async throws -> (database: Int64, wal: Int64) {
    try await read { try $0.fileSize() }
  }
}

extension Database {
  /// What SQLite finds wrong with the file; nothing when it is whole.
  func integrityProblems() throws -> [String] {
    do {
      let lines = try String.fetchAll(self, sql: "PRAGMA integrity_check(20)")
      return lines == ["ok"] ? [] : lines
    } catch let error as DatabaseError
      where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
    {
      return [error.message ?? error.description]
    }
  }

  /// Rows that refer to a row that is not there.
  func brokenReferences() throws -> [String] {
    try Row.fetchAll(self, sql: "PRAGMA foreign_key_check").map {
      "\($0["table"] as String) → \($0["parent"] as String)"
    }
  }

  /// The last of the migrations that the file has, none before the first.
  func newestMigration() throws -> String? {
    guard try tableExists("grdb_migrations") else { return nil }
    return try String.fetchOne(self, sql: "SELECT max(identifier) FROM grdb_migrations")
  }

  fileprivate func violation(
    of invariant: Invariant, rowLimit: Int
  ) throws -> Inspection.Violation? {
    add(function: .sha256)
    var violation = Inspection.Violation(
      invariant: invariant.name, statement: invariant.statement, rows: [], count: 0)
    let rows = try String.fetchCursor(self, sql: invariant.query)
    while let row = try rows.next() {
      violation.count += 1
      if violation.rows.count < rowLimit { violation.rows.append(row) }
    }
    return violation.count > 0 ? violation : nil
  }

  /// Bytes of the file, by its pages, and of the write-ahead log beside it.
  func fileSize() throws -> (database: Int64, wal: Int64) {
    let pages = try Int64.fetchOne(
      self, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    let wal = try? FileManager.default.attributesOfItem(atPath: path() + "-wal")[.size]
    return (pages ?? 0, (wal as? NSNumber)?.int64Value ?? 0)
  }

  /// Room on the file's disk.
  func freeBytes() throws -> Int64 {
    var system = statvfs()
    guard statvfs(try path(), &system) == 0 else {
      throw RegistryError.storage(String(cString: strerror(errno)))
    }
    return Int64(system.f_bavail) * Int64(system.f_frsize)
  }

  private func path() throws -> String {
    try String.fetchOne(self, sql: "SELECT file FROM pragma_database_list WHERE name = 'main'")
      ?? ""
  }
}

extension DatabaseFunction {
  /// `sha256(text)`: 64 hexadecimal digits.
  fileprivate static let sha256 = DatabaseFunction("sha256", argumentCount: 1, pure: true) {
    String.fromDatabaseValue($0[0]).map(SHA256.hex(of:))
  }
}
