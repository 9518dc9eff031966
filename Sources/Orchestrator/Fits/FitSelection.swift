import Foundation
import ScalingLaws
import Wire

/// Which runs a fit takes, and which column gives it which letter.
struct FitSelection {
  /// Where the runs come from.
  enum Source {
    /// Finished runs of a study.
    case runs(study: String)
    /// MoE runs of a study with their leverage, for laws of EL.
    case leverage(study: String)
    /// A SELECT statement with a column `run`.
    case query(String)
  }

  var source: Source
  /// SQL condition on the view; nil for all.
  var condition: String?
  /// Letter → SQL expression over the view's columns; what is not here is the column of that name.
  var expressions: [String: String]
  /// SQL expression that a bootstrap over cells draws by.
  var cell: String?
  /// SQL expression of whose every value only the run with the lowest first letter is taken.
  var bestOf: String?
  /// SQL expressions by whose values the runs are taken apart, one fit for each.
  var groups: [String]

  /// What the view calls the letters of laws.
  private var columns: [String: String] {
    switch source {
    case .runs:
      [
        "L": "coalesce(validation_loss, loss)", "E": "experts", "lr": "learning_rate",
        "B": "batch_tokens", "C": "coalesce(C, budget)", "m": "D / N",
      ]
    case .leverage: ["L": "coalesce(validation_loss, loss)"]
    case .query: [:]
    }
  }

  /// One run as the view has it.
  struct Row {
    var run: Int64
    var cell: String
    var group: String
    var contest: String
    /// In the order of the letters that were asked for.
    var values: [Double]
  }

  /// What was found.
  struct Rows {
    /// In order of run.
    var rows: [Row]
    /// How many runs lack a value for each letter; they are left out.
    var lacking: [String: Int]

    /// The rows of each group, in the groups' order.
    var byGroup: [(group: String, rows: [Row])] {
      Dictionary(grouping: rows, by: \.group).sorted { $0.key < $1.key }
        .map { (group: $0.key, rows: $0.value) }
    }
  }

  /// The rows with a value for every letter.
  ///
  /// - Throws: what the query does, and `CommandFailure` for an expression that gives no number.
  func rows(of letters: [String], from answers: any AnswerSource) async throws -> Rows {
    var found = Rows(rows: [], lacking: [:])
    var next = Int64.min
    while true {
      let page = try await answers.sql(statement(letters, after: next))
      for row in page.rows { try take(row, letters, into: &found) }
      guard page.truncated, case .integer(let last)? = page.rows.last?.first else { break }
      next = last
    }
    if bestOf != nil {
      found.rows = Dictionary(grouping: found.rows, by: { "\($0.group) \($0.contest)" }).values
        .map { $0.min { ($0.values[0], $0.run) < ($1.values[0], $1.run) }! }
        .sorted { $0.run < $1.run }
    }
    return found
  }

  private func statement(_ letters: [String], after run: Int64) -> String {
    let columns = columns
    let values = letters.map { letter in
      expressions[letter] ?? columns[letter] ?? "\"\(letter)\""
    }
    let group =
      groups.isEmpty
      ? "''" : groups.map { "coalesce(\($0), '')" }.joined(separator: " || ' ' || ")
    func named(_ study: String) -> String { "study = '\(study.replacing("'", with: "''"))'" }
    let (key, table, restriction) =
      switch source {
      case .runs(let study): ("id", "runs", "\(named(study)) AND state = 'finished'")
      case .leverage(let study): ("run", "leverage", named(study))
      case .query(let query): ("run", "(\n\(query)\n)", "true")
      }
    return """
      SELECT \(key), coalesce(\(cell ?? "''"), ''), \(group), coalesce(\(bestOf ?? key), ''),
        \(values.joined(separator: ", "))
      FROM \(table)
      WHERE \(restriction) AND \(key) > \(run) AND (\(condition ?? "true"))
      GROUP BY \(key)
      ORDER BY \(key)
      """
  }

  private func take(
    _ row: [Table.Value], _ letters: [String], into found: inout Rows
  ) throws {
    guard case .integer(let run) = row[0] else { return }
    var values: [Double] = []
    for (letter, value) in zip(letters, row.dropFirst(4)) {
      switch value {
      case .integer(let number): values.append(Double(number))
      case .real(let number): values.append(number)
      case .null: found.lacking[letter, default: 0] += 1
      case .text(let text):
        throw CommandFailure(
          code: .refused,
          message: "run \(run): \(letter) is the text '\(text)'; map it to a number, as "
            + "--map \(letter)=\"CAST(… AS REAL)\"")
      }
    }
    guard values.count == letters.count else { return }
    found.rows.append(
      Row(
        run: run, cell: row[1].description, group: row[2].description,
        contest: row[3].description, values: values))
  }
}
