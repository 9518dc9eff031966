import GRDB
import GRDBSQLite

/// What a statement that a person wrote may touch: SQLite asks before it compiles each access.
///
/// It may read the registry's tables and views, but for the secret ones, walk JSON, look at the
/// schema and call functions that compute. Everything else is refused: writing, other files,
/// settings, extensions, and tables that show raw pages.
final class QueryGuard {
  /// Tables that no query reads: an address of a webhook lets whoever has it write there.
  static let secretTables: Set<String> = ["token", "webhook"]
  /// Tables that are not the registry's own and harmless: JSON, the schema, what describes it.
  private static let standardTables: Set<String> = [
    "sqlite_master", "json_each", "json_tree", "pragma_table_info", "pragma_table_xinfo",
    "pragma_table_list", "pragma_index_list", "pragma_index_info", "pragma_foreign_key_list",
    "pragma_function_list",
  ]
  /// Functions that reach beyond their arguments.
  private static let refusedFunctions: Set<String> = [
    "load_extension", "fts3_tokenizer", "fts5", "rtreecheck", "sqlite_log",
  ]

  /// Limits of the connections that queries run on: the bytes of a value, of the statement and of a
  /// LIKE pattern bound what one step costs, for only between steps can a query be ended.
  private static let limits: [(category: Int32, value: Int32)] = [
    (SQLITE_LIMIT_LENGTH, 16 << 20), (SQLITE_LIMIT_SQL_LENGTH, 256 << 10),
    (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100), (SQLITE_LIMIT_COMPOUND_SELECT, 100),
    (SQLITE_LIMIT_EXPR_DEPTH, 200), (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_WORKER_THREADS, 0),
  ]

  private let readable: Set<String>
  /// Why the statement was refused, once it was.
  private(set) var refusal: String?

  /// Sets `limits` on a connection for queries.
  static func prepare(_ database: Database) {
    for limit in limits {
      sqlite3_limit(database.sqliteConnection, limit.category, limit.value)
    }
  }

  /// Learns what there is to read.
  init(_ database: Database) throws {
    let own = try String.fetchSet(
      database, sql: "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    readable = own.subtracting(Self.secretTables).union(Self.standardTables)
  }

  /// Runs `body` with every statement that it compiles on `database` under this guard.
  func guarding<Value>(_ database: Database, _ body: () throws -> Value) rethrows -> Value {
    let own = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_set_authorizer(
      database.sqliteConnection,
      { own, action, first, second, _, _ in
        Unmanaged<QueryGuard>.fromOpaque(own!).takeUnretainedValue()
          .verdict(action, first.map { String(cString: $0) }, second.map { String(cString: $0) })
      }, own)
    defer { sqlite3_set_authorizer(database.sqliteConnection, nil, nil) }
    return try body()
  }

  private func verdict(_ action: Int32, _ first: String?, _ second: String?) -> Int32 {
    guard let reason = reason(against: action, first, second) else { return SQLITE_OK }
    refusal = refusal ?? reason
    return SQLITE_DENY
  }

  /// Why an access is refused; none when it may be.
  private func reason(against action: Int32, _ first: String?, _ second: String?) -> String? {
    switch action {
    case SQLITE_SELECT, SQLITE_RECURSIVE: nil
    case SQLITE_READ:
      first.flatMap {
        mayRead($0, second ?? "") ? nil : "it reads \($0), which is closed to queries"
      }
    // A table that is a function, like json_each, declares its columns this way. Whoever writes such
    // a statement is refused by SQLite itself, and by the connection.
    case SQLITE_UPDATE where first == "sqlite_master": nil
    case SQLITE_FUNCTION:
      second.flatMap { Self.refusedFunctions.contains($0.lowercased()) ? "it calls \($0)" : nil }
    case SQLITE_PRAGMA:
      // The tables named pragma_… ask SQLite for the setting of that name.
      Self.standardTables.contains("pragma_\(first ?? "")") ? nil : "it asks for a setting"
    case SQLITE_ATTACH, SQLITE_DETACH: "it opens another file"
    case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: "it begins or ends a transaction"
    default: "it writes"
    }
  }

  /// A table that is only counted comes without a column, under the name that the statement gives it,
  /// which may be one of its own.
  private func mayRead(_ table: String, _ column: String) -> Bool {
    column.isEmpty ? !Self.secretTables.contains(table.lowercased()) : readable.contains(table)
  }
}
