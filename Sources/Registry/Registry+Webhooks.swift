import GRDB
public import Wire

/// A webhook as the service that delivers has it.
public struct Webhook: Hashable, Sendable {
  public var id: Int64
  public var url: String
  public var kinds: [RegistryEvent.Kind]
  public var secretFile: String?
  /// The last event that is dealt with.
  public var sequence: Int64
  /// Events that were taken so far, and the time of the last.
  public var delivered: Int
  public var deliveredAt: Int64?
  /// Tries in a row at the next event, since when, and when it is tried again.
  public var failures: Int
  public var failingSince: Int64?
  public var nextAt: Int64?
  public var problem: String?
  public var isSetAside: Bool
}

extension Registry {
  /// Registers who is to be told of events from now on. Returns its number.
  public func addWebhook(
    url: String, kinds: [RegistryEvent.Kind], secretFile: String?, now: Int64
  ) async throws -> Int64 {
    try await write { database in
      try database.execute(
        sql: """
          INSERT INTO webhook (url, events, secret_file, created_at, sequence)
          VALUES (?, ?, ?, ?, (SELECT coalesce(max(sequence), 0) FROM event))
          """, arguments: [url, try JSONText(kinds), secretFile, now])
      return database.lastInsertedRowID
    }
  }

  /// Throws `.unknownWebhook`.
  public func removeWebhook(_ id: Int64) async throws {
    try await write { database in
      try database.execute(sql: "DELETE FROM webhook WHERE id = ?", arguments: [id])
      guard database.changesCount == 1 else { throw RegistryError.unknownWebhook(id) }
    }
  }

  /// Tries a webhook that failed or was set aside again at once, from the event at which it stood.
  /// Throws `.unknownWebhook`.
  public func resumeWebhook(_ id: Int64) async throws {
    try await write { database in
      try database.execute(
        sql: """
          UPDATE webhook
          SET failures = 0, failing_since = NULL, next_at = NULL, problem = NULL,
            set_aside_at = NULL
          WHERE id = ?
          """, arguments: [id])
      guard database.changesCount == 1 else { throw RegistryError.unknownWebhook(id) }
    }
  }

  /// All of them, oldest first.
  public func webhooks() async throws -> [Webhook] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM webhook ORDER BY id").map(Webhook.init)
    }
  }

  /// The first events of those kinds after `sequence`, oldest first.
  public func events(
    after sequence: Int64, kinds: [RegistryEvent.Kind], limit: Int
  ) async throws -> [RegistryEvent] {
    try await read { database in
      let places = kinds.map { _ in "?" }.joined(separator: ", ")
      let arguments: [(any DatabaseValueConvertible)?] =
        [sequence] + kinds.map(\.rawValue) + [limit]
      return try Row.fetchAll(
        database,
        sql: """
          SELECT event.*, study.name AS study
          FROM event LEFT JOIN study ON study.id = event.study_id
          WHERE sequence > ? AND kind IN (\(places))
          ORDER BY sequence
          LIMIT ?
          """, arguments: StatementArguments(arguments)
      ).map(RegistryEvent.init)
    }
  }

  /// The receiver took the event `sequence`. Nothing happens if the hook is gone or further already.
  public func delivered(webhook id: Int64, sequence: Int64, now: Int64) async throws {
    try await write { database in
      try database.execute(
        sql: """
          UPDATE webhook
          SET sequence = ?, delivered = delivered + 1, delivered_at = ?, failures = 0,
            failing_since = NULL, next_at = NULL, problem = NULL, set_aside_at = NULL
          WHERE id = ? AND sequence < ?
          """, arguments: [sequence, now, id, sequence])
    }
  }

  /// The receiver did not take the event after `sequence`: it is tried again at `nextAt` or, without
  /// one, when a person resumes the hook.
  public func deliveryFailed(
    webhook id: Int64, at sequence: Int64, problem: String, nextAt: Int64?, now: Int64
  ) async throws {
    try await write { database in
      try database.execute(
        sql: """
          UPDATE webhook
          SET failures = failures + 1, failing_since = coalesce(failing_since, :now),
            problem = :problem, next_at = coalesce(:next, :now),
            set_aside_at = iif(:next IS NULL, :now, NULL)
          WHERE id = :id AND sequence = :sequence AND set_aside_at IS NULL
          """,
        arguments: [
          "id": id, "sequence": sequence, "problem": problem, "next": nextAt, "now": now,
        ])
    }
  }
}

extension Webhook {
  fileprivate init(_ row: Row) throws {
    let events = try JSONText.decode([String].self, from: row["events"], column: "webhook.events")
    self.init(
      id: row["id"], url: row["url"], kinds: events.compactMap(RegistryEvent.Kind.init(rawValue:)),
      secretFile: row["secret_file"], sequence: row["sequence"], delivered: row["delivered"],
      deliveredAt: row["delivered_at"], failures: row["failures"],
      failingSince: row["failing_since"], nextAt: row["next_at"], problem: row["problem"],
      isSetAside: row["set_aside_at"] != nil)
  }
}
