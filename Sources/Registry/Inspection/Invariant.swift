/// One thing that is always true of a registry, and the query that finds where it is not.
///
/// The schema's own rules (types, foreign keys, CHECKs) are SQLite's to hold; these are what the
/// transactions keep between rows.
public struct Invariant: Hashable, Sendable {
  /// Short and stable, as `finished-once`.
  public let name: String
  /// What is true, as a sentence.
  public let statement: String
  /// Whether its query unpacks every recorded number, which takes minutes at a hundred million.
  let readsEveryPoint: Bool
  /// Returns a row for each violation whose one column names what is wrong. `sha256` may be called.
  let query: String

  /// All of them: runs and attempts, series, tallies, grids, laws and leverage, events.
  public static let all = runs + attempts + series + tallies + grids + laws + events

  init(name: String, statement: String, readsEveryPoint: Bool = false, query: String) {
    self.name = name
    self.statement = statement
    self.readsEveryPoint = readsEveryPoint
    self.query = query
  }
}
