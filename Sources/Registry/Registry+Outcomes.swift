import GRDB
public import Wire

extension Registry {
  /// Records how an attempt ended and leases the slot's next run, in one transaction.
  ///
  /// A failed attempt goes back into the queue as its class allows, until it has failed more than
  /// `retryLimit` times; a diverged one never does. A repeat gets the same answer: the lease that its `next` was given
  /// if that still lives, otherwise none. An attempt that was cancelled meanwhile stays so, and
  /// gets its next lease. Throws `.leaseLost`, and `.outOfSequence` when a report is missing.
  public func outcome(
    _ report: OutcomeReport, now: Int64, leaseDuration: Duration, retryLimit: Int = 2
  ) async throws -> Lease? {
    try await record(
      report, now: now, leaseDuration: leaseDuration, retryLimit: retryLimit)?.decoded()
  }

  /// As `outcome`, the next lease's spec as it is stored.
  public func record(
    _ report: OutcomeReport, now: Int64, leaseDuration: Duration, retryLimit: Int = 2
  ) async throws -> StoredLease? {
    try await write(.control, events: report.report.events.count) { database in
      let (run, epoch) = (report.report.run, report.report.epoch)
      let expiresAt = now + leaseDuration.milliseconds
      var attempt = try database.attempt(run, epoch: epoch)
      if attempt.end != Attempt.End(report.outcome) {
        attempt = try database.revived(attempt, now: now, expiresAt: expiresAt)
      }
      // The outcome is taken down all the same; its worker asks again and is told why.
      let next = self.health == .writable ? report.next : nil
      switch attempt.end {
      case nil:
        try database.record(report.report, after: attempt, now: now)
        try database.settle(attempt, report.outcome, retryLimit: retryLimit, now: now)
        return try database.leaseAfterOutcome(next, now: now, expiresAt: expiresAt)
      case .cancelled?:
        return try database.leaseAfterOutcome(next, now: now, expiresAt: expiresAt)
      case let end? where end == Attempt.End(report.outcome):
        return try report.next.flatMap(database.livingLease(for:))
      case .some:
        throw RegistryError.leaseLost(run: run, epoch: epoch)
      }
    }
  }
}

extension Database {
  /// The lease that a request was given, if it still lives; never another worker's.
  fileprivate func livingLease(for request: LeaseRequest) throws -> StoredLease? {
    guard let attempt = try attempt(request: request.request), attempt.end == nil,
      attempt.worker == request.worker
    else { return nil }
    return try lease(of: attempt)
  }

  /// The next lease, where nothing about the wish may undo the outcome that came with it.
  fileprivate func leaseAfterOutcome(
    _ request: LeaseRequest?, now: Int64, expiresAt: Int64
  ) throws -> StoredLease? {
    guard let request else { return nil }
    if try attempt(request: request.request) != nil { return try livingLease(for: request) }
    guard try isPresent(worker: request.worker) == true else { return nil }
    return try leaseNext(request, now: now, expiresAt: expiresAt)
  }

  /// leased → finished, diverged, failed or queued, as the outcome says.
  fileprivate func settle(
    _ attempt: Attempt, _ outcome: Outcome, retryLimit: Int, now: Int64
  ) throws {
    switch outcome {
    case .finished(let finished): try finish(attempt, finished, now: now)
    case .diverged(let diverged): try diverge(attempt, diverged, now: now)
    case .failed(let failure) where failure.kind == .lost:
      try lose(attempt.run, epoch: attempt.epoch, message: failure.message, now: now)
    case .failed(let failure): try fail(attempt, failure, retryLimit: retryLimit, now: now)
    case .released(let reason):
      try release(attempt.run, epoch: attempt.epoch, reason: reason, now: now)
    }
  }

  /// leased → finished.
  private func finish(
    _ attempt: Attempt, _ result: TrainerEvent.Finished, now: Int64
  ) throws {
    try RegistryError.requireFinite(result)
    let row = try transition(
      attempt.run, epoch: attempt.epoch,
      sql: """
        UPDATE run
        SET state = 'finished', finished_at = ?, worker_id = NULL, lease_expires_at = NULL,
          loss = ?, validation_loss = ?, bits_per_byte = ?,
          data_epochs = coalesce(?, data_epochs), train_seconds = ?, train_cpu_seconds = ?,
          failure = NULL, message = NULL
        WHERE id = ? AND epoch = ? AND state = 'leased'
        RETURNING study_id
        """,
      [
        now, result.loss, result.validationLoss, result.bitsPerByte, result.epochs,
        result.seconds, result.cpuSeconds,
      ])
    try end(.finished, run: attempt.run, epoch: attempt.epoch, now: now)
    var detail: [String: Wire.Table.Value] = ["loss": .real(result.loss)]
    detail["validation_loss"] = result.validationLoss.map(Wire.Table.Value.real)
    try append(
      .runFinished, at: now, study: row["study_id"], run: attempt.run, epoch: attempt.epoch,
      worker: attempt.worker, detail: detail)
  }

  /// leased → diverged.
  private func diverge(
    _ attempt: Attempt, _ divergence: TrainerEvent.Diverged, now: Int64
  ) throws {
    let message = "step \(divergence.step): \(divergence.reason)"
    let row = try transition(
      attempt.run, epoch: attempt.epoch,
      sql: """
        UPDATE run
        SET state = 'diverged', finished_at = ?, worker_id = NULL, lease_expires_at = NULL,
          failure = 'diverged', message = ?
        WHERE id = ? AND epoch = ? AND state = 'leased'
        RETURNING study_id
        """, [now, message])
    try end(
      .diverged, run: attempt.run, epoch: attempt.epoch, failure: .diverged, message: message,
      now: now)
    try append(
      .runDiverged, at: now, study: row["study_id"], run: attempt.run, epoch: attempt.epoch,
      worker: attempt.worker, detail: ["message": .text(message)])
  }

  /// leased → queued while the failure's class lets it be tried again, then failed.
  private func fail(
    _ attempt: Attempt, _ failure: Outcome.Failure, retryLimit: Int, now: Int64
  ) throws {
    let counts = try Row.fetchOne(
      cachedStatement(sql: "SELECT failures, lost_leases FROM run WHERE id = ?"),
      arguments: [attempt.run])
    let sequel = RetryRule.sequel(
      to: failure.kind, failures: counts?[0] ?? 0, losses: counts?[1] ?? 0,
      retryLimit: retryLimit, now: now)
    let row = try transition(
      attempt.run, epoch: attempt.epoch,
      sql: """
        UPDATE run
        SET failures = ?, lost_leases = ?, state = ?, not_before = ?,
          finished_at = ?, queued_at = coalesce(?, queued_at),
          worker_id = NULL, lease_expires_at = NULL, failure = ?, message = ?
        WHERE id = ? AND epoch = ? AND state = 'leased'
        RETURNING study_id
        """,
      [
        sequel.failures, sequel.losses, sequel.isFinal ? "failed" : "queued", sequel.notBefore,
        sequel.isFinal ? now : nil, sequel.isFinal ? nil : now, failure.kind.rawValue,
        failure.message,
      ])
    try end(
      .failed, run: attempt.run, epoch: attempt.epoch, failure: failure.kind,
      message: failure.message, now: now)
    try append(
      sequel.isFinal ? .runFailed : .runRequeued, at: now, study: row["study_id"],
      run: attempt.run, epoch: attempt.epoch, worker: attempt.worker,
      detail: ["failure": .text(failure.kind.rawValue), "message": .text(failure.message)])
  }

  /// leased → queued, at no cost.
  func release(_ run: Int64, epoch: Int, reason: String, now: Int64) throws {
    let row = try transition(
      run, epoch: epoch,
      sql: """
        UPDATE run
        SET state = 'queued', queued_at = ?, worker_id = NULL, lease_expires_at = NULL
        WHERE id = ? AND epoch = ? AND state = 'leased'
        RETURNING study_id
        """, [now])
    try end(
      .released, run: run, epoch: epoch, failure: try causeOfRelease(run, epoch: epoch, now: now),
      message: reason, now: now)
    try append(
      .runRequeued, at: now, study: row["study_id"], run: run, epoch: epoch,
      detail: ["reason": .text(reason)])
  }

  /// A worker that gives a run back when its allocation is about to end had no choice.
  private func causeOfRelease(_ run: Int64, epoch: Int, now: Int64) throws -> FailureClass {
    let end = try Int64.fetchOne(
      cachedStatement(
        sql: """
          SELECT walltime_end FROM attempt JOIN worker ON worker.id = attempt.worker_id
          WHERE run_id = ? AND epoch = ?
          """), arguments: [run, epoch])
    return end.map { now >= $0 - RetryRule.walltimeMargin } ?? false ? .walltime : .preempted
  }

  /// Runs one guarded statement whose last two arguments are the run and its epoch.
  ///
  /// Returns what the statement does. Throws `.leaseLost` when the guard lets no row through.
  private func transition(
    _ run: Int64, epoch: Int, sql: String, _ arguments: [(any DatabaseValueConvertible)?]
  ) throws -> Row {
    let row = try Row.fetchOne(
      cachedStatement(sql: sql), arguments: StatementArguments(arguments + [run, epoch]))
    guard let row else { throw RegistryError.leaseLost(run: run, epoch: epoch) }
    return row
  }
}

extension RegistryError {
  /// SQLite turns NaN into NULL without a word; refuse it here, by name.
  fileprivate static func requireFinite(_ result: TrainerEvent.Finished) throws {
    let numbers = [
      ("loss", result.loss), ("validation_loss", result.validationLoss),
      ("bits_per_byte", result.bitsPerByte), ("epochs", result.epochs),
      ("seconds", result.seconds), ("cpu_seconds", result.cpuSeconds),
    ]
    for case (let name, let value?) in numbers where !value.isFinite {
      throw RegistryError.notFinite(name)
    }
  }
}
