import Experiment
import GRDB
public import Wire

extension Registry {
  /// Leases the run that is next in the queue; none while the queue is empty.
  ///
  /// A repeated request gets the lease that it was given, for as long as that lives. Afterwards it
  /// is refused with `.requestSpent`: a request is one wish, and a late copy of it must not hold a
  /// second run. Throws `.unknownWorker` and `.workerHasLeft` as well.
  public func lease(
    _ request: LeaseRequest, now: Int64, leaseDuration: Duration
  ) async throws -> Lease? {
    try await write { database in
      if let attempt = try database.attempt(request: request.request) {
        guard attempt.end == nil, attempt.worker == request.worker else {
          throw RegistryError.requestSpent(request.request)
        }
        return try database.lease(of: attempt)
      }
      switch try database.isPresent(worker: request.worker) {
      case nil: throw RegistryError.unknownWorker(request.worker)
      case false?: throw RegistryError.workerHasLeft(request.worker)
      case true?:
        return try database.leaseNext(
          request, now: now, expiresAt: now + leaseDuration.milliseconds)
      }
    }
  }
}

extension Database {
  /// The lease that an attempt which goes on was given.
  func lease(of attempt: Attempt) throws -> Lease {
    let spec = try String.fetchOne(
      self, sql: "SELECT spec FROM run WHERE id = ?", arguments: [attempt.run])
    let lease = Lease(
      run: attempt.run, epoch: attempt.epoch, spec: try RunSpec(stored: spec ?? "", of: attempt.run)
    )
    return try withEarlierAttempts(lease, worker: attempt.worker)
  }

  /// queued → leased, for the first run in the queue.
  func leaseNext(_ request: LeaseRequest, now: Int64, expiresAt: Int64) throws -> Lease? {
    let statement = try cachedStatement(
      sql: """
        UPDATE run
        SET state = 'leased', epoch = epoch + 1, worker_id = ?, lease_expires_at = ?
        WHERE id = (
            SELECT id FROM run WHERE state = 'queued' ORDER BY priority DESC, id LIMIT 1)
          AND state = 'queued'
        RETURNING id, epoch, spec, study_id
        """)
    try saw(worker: request.worker, now: now)
    guard let row = try Row.fetchOne(statement, arguments: [request.worker, expiresAt]) else {
      return nil
    }
    let lease = Lease(
      run: row["id"], epoch: row["epoch"], spec: try RunSpec(stored: row["spec"], of: row["id"]))
    try cachedStatement(
      sql: """
        INSERT INTO attempt (run_id, epoch, worker_id, request, leased_at) VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [lease.run, lease.epoch, request.worker, request.request, now])
    try append(
      .runLeased, at: now, study: row["study_id"], run: lease.run, epoch: lease.epoch,
      worker: request.worker)
    return try withEarlierAttempts(lease, worker: request.worker)
  }
}

extension RunSpec {
  /// The spec that a row holds. Throws `.unreadable`.
  init(stored: String, of run: Int64) throws {
    self = try JSONText.decode(RunSpec.self, from: stored, column: "spec of run \(run)")
  }
}

extension Duration {
  /// Whole milliseconds, the registry's unit of time.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
