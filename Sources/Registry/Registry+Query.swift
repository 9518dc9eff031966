import GRDB
public import Wire

/// How much one query may ask for.
public struct QueryLimits: Hashable, Sendable {
  /// Rows of the answer; more are left out.
  public var rows: Int
  /// How long it may take.
  public var time: Duration
  /// Bytes of the answer's texts and blobs; rows beyond are left out.
  public var bytes: Int

  /// Limits for one answer; 64 MiB of text by default.
  public init(rows: Int, time: Duration, bytes: Int = 64 << 20) {
    self.rows = rows
    self.time = time
    self.bytes = bytes
  }
}

extension Registry {
  /// Runs one reading statement that a person wrote.
  ///
  /// At most `rowLimit` rows come back, with `truncated` set when there were more. Throws as
  /// `query(_:limits:)` does.
  public func query(_ sql: String, rowLimit: Int, timeLimit: Duration) async throws -> Wire.Table {
    try await query(sql, limits: QueryLimits(rows: rowLimit, time: timeLimit))
  }

  /// Runs one reading statement that a person wrote, on a connection for such statements.
  ///
  /// What goes beyond the limits on rows and bytes is left out, with `truncated` set. Throws
  /// `.queryRefused` for anything but one SELECT, WITH, VALUES or EXPLAIN that reads what is open to
  /// queries, `.queryFailed` with SQLite's message, `.queryTooSlow` beyond the limit on time.
  public func query(_ sql: String, limits: QueryLimits) async throws -> Wire.Table {
    try await withThrowingTaskGroup(of: Wire.Table?.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await self.answer(sql, limits) }
      group.addTask {
        try await Task.sleep(for: limits.time)
        return nil
      }
      // Whichever comes first; cancelling the other interrupts SQLite.
      guard let table = try await group.next().flatMap({ $0 }) else {
        throw RegistryError.queryTooSlow(seconds: Double(limits.time.milliseconds) / 1000)
      }
      return table
    }
  }

  private func answer(_ sql: String, _ limits: QueryLimits) async throws -> Wire.Table {
    do {
      return try await readForPeople { database in
        let guardian = try QueryGuard(database)
        do {
          return try guardian.guarding(database) { try database.answer(sql, limits) }
        } catch is DatabaseError where guardian.refusal != nil {
          throw RegistryError.queryRefused(reason: guardian.refusal ?? "")
        }
      }
    } catch let error as DatabaseError {
      throw RegistryError.queryFailed(error.message ?? error.description)
    }
  }
}

extension Database {
  fileprivate func answer(_ sql: String, _ limits: QueryLimits) throws -> Wire.Table {
    let statement = try readingStatement(sql)
    let cursor = try Row.fetchCursor(statement)
    var table = Wire.Table(columns: statement.columnNames, rows: [])
    var bytes = 0
    while let row = try cursor.next() {
      let values: [Wire.Table.Value] = row.databaseValues.map(Wire.Table.Value.init)
      bytes += values.reduce(0) { $0 + $1.textBytes }
      guard table.rows.count < limits.rows, bytes <= limits.bytes else {
        table.truncated = true
        break
      }
      table.rows.append(values)
    }
    return table
  }

  /// The one statement in `sql`, which reads. The connection cannot write, and the guard refuses
  /// whatever reaches beyond the registry; this says so first, in the words of what was written.
  private func readingStatement(_ sql: String) throws -> Statement {
    let reading = ["SELECT", "WITH", "VALUES", "EXPLAIN"]
    let word = SQLText.firstWord(sql)
    guard reading.contains(word) else {
      throw RegistryError.queryRefused(
        reason: word.isEmpty ? "it is empty" : "it begins with \(word)")
    }
    let statements = try allStatements(sql: sql)
    guard let statement = try statements.next() else {
      throw RegistryError.queryRefused(reason: "it is empty")
    }
    guard statement.isReadonly else { throw RegistryError.queryRefused(reason: "it writes") }
    do {
      guard try statements.next() == nil else { throw RegistryError.manyStatements }
    } catch is DatabaseError {
      // What follows is a statement too, whether or not it is one that SQLite would carry out.
      throw RegistryError.manyStatements
    }
    return statement
  }
}

extension RegistryError {
  fileprivate static let manyStatements = Self.queryRefused(reason: "it is more than one statement")
}

/// The little of SQL's grammar that has to be known before SQLite is asked.
enum SQLText {
  /// The first word, in capitals, after white space, comments, semicolons and opening parentheses.
  static func firstWord(_ sql: String) -> String {
    var rest = Substring(sql)
    while true {
      rest = rest.drop { $0.isWhitespace || $0 == ";" || $0 == "(" }
      if rest.hasPrefix("--") {
        rest = rest.drop { !$0.isNewline }
      } else if rest.hasPrefix("/*") {
        guard let end = rest.dropFirst(2).firstRange(of: "*/") else { return "" }
        rest = rest[end.upperBound...]
      } else {
        return rest.prefix { $0.isLetter }.uppercased()
      }
    }
  }
}

extension Wire.Table.Value {
  /// A column's value; a BLOB as SQL writes it, an infinity as text, for JSON has neither.
  fileprivate init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let integer): self = .integer(integer)
    case .double(let real): self = real.isFinite ? .real(real) : .text("\(real)")
    case .string(let text): self = .text(text)
    case .blob(let data):
      self = .text(
        "x'\(data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())'")
    }
  }

  fileprivate var textBytes: Int {
    if case .text(let text) = self { text.utf8.count } else { 0 }
  }
}
