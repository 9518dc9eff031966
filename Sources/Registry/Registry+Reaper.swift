import GRDB
public import Wire

extension Registry {
  /// Lost leases after which a run is taken to be what kills its workers.
  public static let lostLeaseLimit = 5

  /// A lease that lapsed, and where its run went.
  public struct LostLease: Hashable, Sendable {
    public var run: Int64
    public var epoch: Int
    public var worker: String
    /// `queued`, or `failed` after `lostLeaseLimit` of them.
    public var state: RunState

    public init(run: Int64, epoch: Int, worker: String, state: RunState) {
      self.run = run
      self.epoch = epoch
      self.worker = worker
      self.state = state
    }
  }

  /// What becomes of a leased run whose worker is gone: the queue, or the end at the fifth time.
  fileprivate static let losing = """
    lost_leases = lost_leases + 1,
    state = iif(lost_leases + 1 < :limit, 'queued', 'failed'),
    finished_at = iif(lost_leases + 1 < :limit, NULL, :now),
    queued_at = iif(lost_leases + 1 < :limit, :now, queued_at),
    worker_id = NULL, lease_expires_at = NULL, failure = 'lost',
    message = iif(lost_leases + 1 < :limit, 'its worker vanished',
      :limit || ' workers vanished with it')
    """

  /// Takes back the leases that lapsed by `now`: leased → queued, or failed at the fifth loss.
  public func reap(now: Int64) async throws -> [LostLease] {
    try await write { database in
      let lapsed = try Row.fetchAll(
        database,
        sql: """
          UPDATE run SET \(Self.losing)
          WHERE state = 'leased' AND lease_expires_at <= :now
          RETURNING id, epoch, state, study_id, message
          """, arguments: ["limit": Self.lostLeaseLimit, "now": now])
      return try lapsed.map { try database.lose($0, message: "the lease lapsed", now: now) }
    }
  }

  /// Gives every lease at least until `now` + `duration`: a daemon that was away does so before it
  /// first reaps, for the workers could not reach it. Returns how many there are.
  @discardableResult
  public func extendLeases(now: Int64, by duration: Duration) async throws -> Int {
    try await write { database in
      try database.execute(
        sql: """
          UPDATE run SET lease_expires_at = max(lease_expires_at, ?) WHERE state = 'leased'
          """, arguments: [now + duration.milliseconds])
      return database.changesCount
    }
  }

  /// When the next lease lapses, so that the reaper knows how long it may rest.
  public func nextExpiry() async throws -> Int64? {
    try await read {
      try Int64.fetchOne(
        $0,
        sql: """
          SELECT lease_expires_at FROM run WHERE state = 'leased' ORDER BY lease_expires_at LIMIT 1
          """)
    }
  }
}

extension Database {
  /// leased → queued, or failed at the fifth loss, before the lease lapses: the worker is known to be
  /// gone. Throws `.leaseLost`.
  func lose(_ run: Int64, epoch: Int, message: String, now: Int64) throws {
    let row = try Row.fetchOne(
      self,
      sql: """
        UPDATE run SET \(Registry.losing)
        WHERE id = :run AND epoch = :epoch AND state = 'leased'
        RETURNING id, epoch, state, study_id, message
        """,
      arguments: ["limit": Registry.lostLeaseLimit, "now": now, "run": run, "epoch": epoch])
    guard let row else { throw RegistryError.leaseLost(run: run, epoch: epoch) }
    _ = try lose(row, message: message, now: now)
  }

  /// Ends the attempt of a lost lease, `row`, and says so.
  fileprivate func lose(
    _ row: Row, message: String, now: Int64
  ) throws -> Registry.LostLease {
    let attempt = try attempt(row["id"], epoch: row["epoch"])
    let state = try RunState(stored: row["state"])
    try end(
      .lost, run: attempt.run, epoch: attempt.epoch, failure: .lost, message: message, now: now)
    try append(
      .runLost, at: now, study: row["study_id"], run: attempt.run, epoch: attempt.epoch,
      worker: attempt.worker)
    if state == .failed {
      try append(
        .runFailed, at: now, study: row["study_id"], run: attempt.run, epoch: attempt.epoch,
        worker: attempt.worker,
        detail: ["failure": .text("lost"), "message": .text(row["message"])]
      )
    }
    return Registry.LostLease(
      run: attempt.run, epoch: attempt.epoch, worker: attempt.worker, state: state)
  }
}
