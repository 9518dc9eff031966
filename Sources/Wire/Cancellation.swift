/// `POST /v1/cancel`: end runs for good, queued ones at once and running ones at their next report.
public struct CancelRequest: Hashable, Codable, Sendable {
  /// Runs by number.
  public var runs: [Int64]
  /// Every run of this grid that has not ended.
  public var grid: Int64?

  public init(runs: [Int64], grid: Int64?) {
    self.runs = runs
    self.grid = grid
  }
}

/// The reply to a cancellation.
public struct CancelReply: Hashable, Codable, Sendable {
  /// The runs that this request cancelled.
  public var cancelled: [Int64]

  public init(cancelled: [Int64]) { self.cancelled = cancelled }
}

/// `POST /v1/sql`: one reading statement.
public struct SQLQuery: Hashable, Codable, Sendable {
  public var query: String

  public init(query: String) { self.query = query }
}
