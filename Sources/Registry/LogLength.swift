import GRDB
import GRDBSQLite
import Synchronization

/// How long the write-ahead log is, and when it is copied into the file: by the writer alone, after
/// its answers have left. SQLite's own way would do it inside a commit that somebody waits for.
final class LogLength: Sendable {
  /// Pages after which it is copied when nothing waits: 16 MB.
  static let restLength = 4096
  /// Pages after which it is copied whatever waits: 128 MB.
  static let longest = 32_768

  private let length = Atomic<Int>(0)

  /// Pages in the log.
  var pages: Int { length.load(ordering: .relaxed) }

  /// Follows the log of a connection that writes; it no longer copies by itself. The connection must
  /// not outlive this.
  func watch(_ database: Database) {
    sqlite3_wal_hook(
      database.sqliteConnection,
      { context, _, _, pages in
        Unmanaged<LogLength>.fromOpaque(context!).takeUnretainedValue()
          .length.store(Int(pages), ordering: .relaxed)
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  /// Copies what no reader needs any more, when it is time. A failure is the next commit's to meet:
  /// the log keeps everything.
  func checkpoint(_ database: Database, isBusy: Bool) {
    guard pages >= (isBusy ? Self.longest : Self.restLength) else { return }
    _ = try? database.checkpoint(.passive)
  }
}
