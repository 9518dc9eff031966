import GRDB
public import Wire

extension Registry {
  /// Runs one reading statement that a person wrote.
  ///
  /// At most `rowLimit` rows come back, with `truncated` set when there were more. Throws
  /// `.queryRefused` for anything but one SELECT, WITH, VALUES or EXPLAIN, `.queryFailed` with
  /// SQLite's message, `.queryTooSlow` after `timeLimit`.
  public func query(_ sql: String, rowLimit: Int, timeLimit: Duration) async throws -> Wire.Table {
    try await withThrowingTaskGroup(of: Wire.Table?.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await self.answer(sql, rowLimit: rowLimit) }
      group.addTask {
        try await Task.sleep(for: timeLimit)
        return nil
      }
      // Whichever comes first; cancelling the other interrupts SQLite.
      guard let table = try await group.next().flatMap({ $0 }) else {
        throw RegistryError.queryTooSlow(seconds: Double(timeLimit.milliseconds) / 1000)
      }
      return table
    }
  }

  private func answer(_ sql: String, rowLimit: Int) async throws -> Wire.Table {
    do {
      return try await readRaw { database in
        let statement = try database.readingStatement(sql)
        let cursor = try Row.fetchCursor(statement)
        var table = Wire.Table(columns: statement.columnNames, rows: [])
        while let row = try cursor.next() {
          guard table.rows.count < rowLimit else {
            table.truncated = true
            break
          }
          table.rows.append(row.databaseValues.map(Wire.Table.Value.init))
        }
        return table
      }
    } catch let error as DatabaseError {
      throw RegistryError.queryFailed(error.message ?? error.description)
    }
  }
}

extension Database {
  /// The one statement in `sql`, which reads. The connection cannot write either; this refuses what
  /// would change its settings or open other files (PRAGMA, ATTACH), and says so first.
  fileprivate func readingStatement(_ sql: String) throws -> Statement {
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
    guard try statements.next() == nil else {
      throw RegistryError.queryRefused(reason: "it is more than one statement")
    }
    return statement
  }
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
}
