/// What a look at a whole registry found.
public struct Inspection: Hashable, Codable, Sendable {
  /// An invariant that does not hold.
  public struct Violation: Hashable, Codable, Sendable {
    /// The invariant's name.
    public var invariant: String
    /// What should be true.
    public var statement: String
    /// Where it is not: the first of them, as `run 7`.
    public var rows: [String]
    /// All of them.
    public var count: Int
  }

  /// SQLite's own words about a damaged file; empty when it is whole.
  public var integrity: [String]
  /// References to rows that are not there, as `attempt → run`.
  public var foreignKeys: [String]
  /// How many invariants were looked at.
  public var invariants: Int
  /// Those that do not hold.
  public var violations: [Violation]
  /// The newest migration that the file has.
  public var schema: String
  /// Bytes of the file and of the write-ahead log beside it.
  public var databaseBytes: Int64
  public var walBytes: Int64

  /// Whether nothing is wrong.
  public var isSound: Bool { integrity.isEmpty && foreignKeys.isEmpty && violations.isEmpty }

  private enum CodingKeys: String, CodingKey {
    case integrity
    case foreignKeys = "foreign_keys"
    case invariants, violations, schema
    case databaseBytes = "database_bytes"
    case walBytes = "wal_bytes"
  }
}
