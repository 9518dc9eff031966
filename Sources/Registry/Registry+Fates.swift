import GRDB
public import Wire

/// What became of a run, for whoever looks after its files.
public struct RunFate: Hashable, Sendable {
  public var state: RunState
  /// Its attempts are those of the epochs 1 to this.
  public var epoch: Int
  /// Digest of its spec; none for an imported run.
  public var specSHA256: String?
  /// When it ended; none while it is queued or leased.
  public var endedAt: Int64?
}

extension Registry {
  /// What became of each of `runs`; those that there are none of are left out.
  public func fates(of runs: [Int64]) async throws -> [Int64: RunFate] {
    try await read { database in
      let statement = try database.makeStatement(
        sql: "SELECT state, epoch, spec_sha256, finished_at FROM run WHERE id = ?")
      var fates: [Int64: RunFate] = [:]
      for run in runs {
        guard let row = try Row.fetchOne(statement, arguments: [run]) else { continue }
        fates[run] = RunFate(
          state: try RunState(stored: row["state"]), epoch: row["epoch"],
          specSHA256: row["spec_sha256"], endedAt: row["finished_at"])
      }
      return fates
    }
  }
}
