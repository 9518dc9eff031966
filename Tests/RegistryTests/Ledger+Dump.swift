import Wire

@testable import Registry

extension Ledger {
  /// Every row of some tables, by table, to see that nothing in them has changed.
  typealias Dump = [String: [[Wire.Table.Value]]]

  /// What is recorded about all runs.
  func dump() async throws -> Dump { try await Self.dump(of: registry) }

  /// What any registry has recorded about all runs.
  static func dump(of registry: Registry) async throws -> Dump {
    try await dump(
      [
        "run": "true", "attempt": "true", "event": "true", "loss_chunk": "true",
        "checkpoint": "true",
      ], of: registry)
  }

  /// What is recorded about one run.
  func dump(of run: Int64) async throws -> Dump {
    try await Self.dump(
      [
        "run": "id = \(run)", "attempt": "run_id = \(run)", "event": "run_id = \(run)",
        "loss_chunk": "run_id = \(run)",
      ], of: registry)
  }

  private static func dump(
    _ conditions: [String: String], of registry: Registry
  ) async throws -> Dump {
    var dump: Dump = [:]
    for (table, condition) in conditions {
      dump[table] = try await registry.query(
        "SELECT * FROM \(table) WHERE \(condition)", rowLimit: 100_000, timeLimit: .seconds(60)
      ).rows
    }
    return dump
  }
}
