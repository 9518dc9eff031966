import GRDB
public import Wire

extension Registry {
  /// Records what a trainer said and renews its lease; says how to go on.
  ///
  /// Reports are numbered from 1. A repeated one is answered alike and recorded once; one that
  /// leaves a gap throws `.outOfSequence` and records nothing. A cancelled attempt is told to stop,
  /// one whose lease lapsed gets it back while nobody has taken the run, and one that lost it gets
  /// `.leaseLost`.
  public func report(
    _ report: Report, now: Int64, leaseDuration: Duration
  ) async throws -> ReportReply.Directive {
    try await write(.metrics, events: report.events.count) { database in
      let expiresAt = now + leaseDuration.milliseconds
      let attempt = try database.revived(
        database.attempt(report.run, epoch: report.epoch), now: now, expiresAt: expiresAt)
      if attempt.end == .cancelled { return .stop }
      try database.renew(report, now: now, expiresAt: expiresAt)
      try database.saw(worker: attempt.worker, now: now)
      if report.sequence < 1 || report.sequence > attempt.sequence {
        try database.record(report, after: attempt, now: now)
      }
      return .continue
    }
  }
}

extension Database {
  /// leased → leased, for longer. Throws `.leaseLost`.
  fileprivate func renew(_ report: Report, now: Int64, expiresAt: Int64) throws {
    // A clock that was set back does not shorten a lease.
    try cachedStatement(
      sql: """
        UPDATE run SET lease_expires_at = max(lease_expires_at, ?)
        WHERE id = ? AND epoch = ? AND state = 'leased'
        """
    ).execute(arguments: [expiresAt, report.run, report.epoch])
    guard changesCount == 1 else {
      throw RegistryError.leaseLost(run: report.run, epoch: report.epoch)
    }
  }

  /// Writes down the next report of an attempt that goes on. Throws `.outOfSequence`.
  func record(_ report: Report, after attempt: Attempt, now: Int64) throws {
    guard report.sequence == attempt.sequence + 1 else {
      throw RegistryError.outOfSequence(
        run: report.run, epoch: report.epoch, expected: attempt.sequence + 1,
        received: report.sequence)
    }
    try cachedStatement(
      sql: "UPDATE attempt SET sequence = ? WHERE run_id = ? AND epoch = ?"
    ).execute(arguments: [report.sequence, report.run, report.epoch])
    for case .checkpoint(let checkpoint) in report.events {
      try record(checkpoint, of: attempt, now: now)
    }
    for case .started(let started) in report.events {
      try cachedStatement(
        sql: """
          UPDATE attempt SET started_at = ?, first_step = ?, environment = ?
          WHERE run_id = ? AND epoch = ?
          """
      ).execute(arguments: [
        now, started.firstStep, try JSONText(started.environment), report.run, report.epoch,
      ])
      guard let epochs = started.epochs else { continue }
      try cachedStatement(
        sql: "UPDATE run SET data_epochs = ? WHERE id = ? AND epoch = ?"
      ).execute(arguments: [epochs, report.run, report.epoch])
    }
    try record(PointBatch(report.events), run: report.run, epoch: report.epoch)
    for case .warning(let warning) in report.events {
      try record(warning, of: attempt, now: now)
    }
  }
}
