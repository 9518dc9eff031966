import GRDB
public import Wire

extension Registry {
  /// What happened after event `sequence`, oldest first, at most `limit` of it.
  public func events(after sequence: Int64, limit: Int) async throws -> [RegistryEvent] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT event.*, study.name AS study
          FROM event LEFT JOIN study ON study.id = event.study_id
          WHERE sequence > ?
          ORDER BY sequence
          LIMIT ?
          """, arguments: [sequence, limit]
      ).map(RegistryEvent.init)
    }
  }

  /// The newest event's number, 0 before the first.
  public func lastSequence() async throws -> Int64 {
    try await read { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM event") ?? 0 }
  }
}

extension RegistryEvent {
  init(_ row: Row) throws {
    guard let kind = Kind(rawValue: row["kind"]) else {
      throw RegistryError.unreadable("event kind '\(row["kind"] as String)'")
    }
    let detail: String? = row["detail"]
    self.init(
      sequence: row["sequence"], at: row["at"], kind: kind, study: row["study"],
      grid: row["grid_id"], run: row["run_id"], epoch: row["epoch"], worker: row["worker_id"],
      detail: try detail.map {
        try JSONText.decode([String: Wire.Table.Value].self, from: $0, column: "event.detail")
      } ?? [:])
  }
}

extension Database {
  /// Says that something happened, in the transaction in which it does.
  func append(
    _ kind: RegistryEvent.Kind, at now: Int64, study: Int64? = nil, grid: Int64? = nil,
    run: Int64? = nil, epoch: Int? = nil, worker: String? = nil,
    detail: [String: Wire.Table.Value] = [:]
  ) throws {
    try cachedStatement(
      sql: """
        INSERT INTO event (at, kind, study_id, grid_id, run_id, epoch, worker_id, detail)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      now, kind.rawValue, study, grid, run, epoch, worker,
      detail.isEmpty ? nil : try JSONText(detail),
    ])
  }
}
