import GRDB
public import Wire

extension Registry {
  /// The hosts whose workers have failed lately, by name.
  public func nodes() async throws -> [NodeStatus] {
    try await read { try $0.nodes() }
  }

  /// Trusts a host again; whether there was anything against it. Throws `.unknownHost` for one that
  /// no worker was ever on.
  @discardableResult
  public func clear(host: String, now: Int64) async throws -> Bool {
    try await write { database in
      let isKnown =
        try Bool.fetchOne(
          database, sql: "SELECT EXISTS (SELECT 1 FROM worker WHERE host = ?)", arguments: [host])
        ?? false
      guard isKnown else { throw RegistryError.unknownHost(host) }
      try database.execute(sql: "DELETE FROM node WHERE host = ?", arguments: [host])
      guard database.changesCount > 0 else { return false }
      try database.append(.nodeCleared, at: now, detail: ["host": .text(host)])
      return true
    }
  }
}

extension Database {
  func nodes() throws -> [NodeStatus] {
    try Row.fetchAll(self, sql: "SELECT * FROM node ORDER BY host").map { row in
      NodeStatus(
        host: row["host"], failures: row["failures"], run: row["last_run"], reason: row["reason"],
        setAsideUntil: row["set_aside_until"])
    }
  }

  /// Counts what the end of an attempt says about its host: two failures in a row that may be the
  /// machine's, of different runs, set it aside; an attempt that trained clears it.
  func judgeNode(after attempt: Settled, now: Int64) throws {
    switch attempt.end {
    case .failed:
      let accused = attempt.failure?.accusesNode ?? false
      try accused ? accuseNode(of: attempt, now: now) : trustNode(of: attempt.worker, now: now)
    case .finished, .diverged: try trustNode(of: attempt.worker, now: now)
    case .cancelled, .released, .lost: break
    }
  }

  private func trustNode(of worker: String, now: Int64) throws {
    try cachedStatement(
      sql: """
        DELETE FROM node
        WHERE host = (SELECT host FROM worker WHERE id = ?)
          AND (set_aside_until IS NULL OR set_aside_until <= ?)
        """
    ).execute(arguments: [worker, now])
  }

  private func accuseNode(of attempt: Settled, now: Int64) throws {
    let row = try Row.fetchOne(
      self,
      sql: """
        INSERT INTO node (host, failures, last_run, reason)
        SELECT host, 1, :run, :reason FROM worker WHERE id = :worker
        ON CONFLICT (host) DO UPDATE SET
          failures = node.failures + (node.last_run <> excluded.last_run),
          last_run = excluded.last_run, reason = excluded.reason
        RETURNING host, failures
        """,
      arguments: [
        "run": attempt.run, "worker": attempt.worker,
        "reason": Self.gist(attempt.message ?? ""),
      ])
    guard let row, row["failures"] >= RetryRule.nodeFailureLimit else { return }
    let host: String = row["host"]
    try execute(
      sql: "UPDATE node SET set_aside_at = ?, set_aside_until = ? WHERE host = ?",
      arguments: [now, now + RetryRule.nodePause, host])
    try append(
      .nodeSetAside, at: now, run: attempt.run, epoch: attempt.epoch, worker: attempt.worker,
      detail: ["host": .text(host), "until": .integer(now + RetryRule.nodePause)])
  }

  /// One line that says what was wrong: the last of a trainer's log where the message has that.
  private static func gist(_ message: String) -> String {
    let lines = message.split(whereSeparator: \.isNewline).map(String.init)
    guard let first = lines.first else { return "no reason given" }
    return first.hasSuffix(":") ? lines[lines.count - 1] : first
  }
}
