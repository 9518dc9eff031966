import Foundation
import GRDBSQLite

/// What the disk and SQLite alone can do, in the folder where the registry is measured.
struct DiskLimits {
  /// Appends of one page, each on disk before the next.
  var syncs: Double
  /// Rows of a run's size into a table like `run`, prepared statement, one transaction each thousand.
  var inserts: Double
  /// Transactions of one small row each with `synchronous=FULL`.
  var commits: Double

  var rows: [Figure] {
    [
      Figure(what: "limit: appends of 4 KiB, each synced", unit: "1/s", measured: syncs),
      Figure(what: "limit: SQLite commits of one row, FULL", unit: "1/s", measured: commits),
      Figure(
        what: "limit: SQLite inserts of 1.2 kB with two indexes, FULL, 1,000 a commit",
        unit: "rows/s", measured: inserts),
    ]
  }

  static func measure(in folder: URL, quick: Bool) throws -> DiskLimits {
    let seconds = quick ? 0.5 : 2
    return DiskLimits(
      syncs: syncs(in: folder, seconds: seconds),
      inserts: try RawDatabase(folder.appending(path: "inserts.db"))
        .insertsPerSecond(perCommit: 1000, seconds: seconds),
      commits: try RawDatabase(folder.appending(path: "commits.db"))
        .insertsPerSecond(perCommit: 1, seconds: seconds))
  }

  private static func syncs(in folder: URL, seconds: Double) -> Double {
    let file = open(folder.appending(path: "syncs").path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(file) }
    let page = [UInt8](repeating: 1, count: 4096)
    let start = ContinuousClock.now
    var count = 0
    while start.duration(to: .now).inSeconds < seconds {
      _ = write(file, page, page.count)
      fdatasync(file)
      count += 1
    }
    return Double(count) / start.duration(to: .now).inSeconds
  }
}

/// A database through SQLite's own interface.
final class RawDatabase {
  private var connection: OpaquePointer?

  init(_ file: URL) throws {
    guard sqlite3_open(file.path, &connection) == SQLITE_OK else {
      throw CocoaError(.fileNoSuchFile)
    }
    sqlite3_exec(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", nil, nil, nil)
    sqlite3_exec(
      connection,
      """
      CREATE TABLE run (id INTEGER PRIMARY KEY, spec TEXT, digest TEXT UNIQUE, state TEXT, a, b, c);
      CREATE INDEX run_by_state ON run (state, id)
      """, nil, nil, nil)
  }

  deinit { sqlite3_close(connection) }

  func insertsPerSecond(perCommit: Int, seconds: Double) -> Double {
    var statement: OpaquePointer?
    sqlite3_prepare_v2(
      connection, "INSERT INTO run VALUES (NULL, ?, hex(randomblob(32)), 'queued', 1, 2, 3)", -1,
      &statement, nil)
    defer { sqlite3_finalize(statement) }
    let spec = String(repeating: "x", count: 1100)
    let start = ContinuousClock.now
    var rows = 0
    spec.withCString { text in
      sqlite3_bind_text(statement, 1, text, -1, nil)
      while start.duration(to: .now).inSeconds < seconds {
        sqlite3_exec(connection, "BEGIN", nil, nil, nil)
        for _ in 0..<perCommit {
          sqlite3_step(statement)
          sqlite3_reset(statement)
        }
        sqlite3_exec(connection, "COMMIT", nil, nil, nil)
        rows += perCommit
      }
    }
    return Double(rows) / start.duration(to: .now).inSeconds
  }
}
