import Experiment
import GRDB
public import Wire

extension Registry {
  /// Leases the run that is next in the queue of those that the worker has room for; none while there
  /// is none. docs/queue.md has the rules.
  ///
  /// A repeated request gets the lease that it was given, for as long as that lives. Afterwards it
  /// is refused with `.requestSpent`: a request is one wish, and a late copy of it must not hold a
  /// second run. Throws `.unknownWorker`, `.workerHasLeft` and `.degraded` as well.
  public func lease(
    _ request: LeaseRequest, now: Int64, leaseDuration: Duration
  ) async throws -> Lease? {
    try await grant(request, now: now, leaseDuration: leaseDuration)?.decoded()
  }

  /// As `lease`, its spec as it is stored.
  public func grant(
    _ request: LeaseRequest, now: Int64, leaseDuration: Duration
  ) async throws -> StoredLease? {
    try await write { database in
      if let attempt = try database.attempt(request: request.request) {
        guard attempt.end == nil, attempt.worker == request.worker else {
          throw RegistryError.requestSpent(request.request)
        }
        return try database.lease(of: attempt)
      }
      try self.requireWritable()
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
  func lease(of attempt: Attempt) throws -> StoredLease {
    let spec = try String.fetchOne(
      self, sql: "SELECT spec FROM run WHERE id = ?", arguments: [attempt.run])
    let lease = StoredLease(
      run: attempt.run, epoch: attempt.epoch, spec: spec ?? "", grant: attempt.grant)
    return try withEarlierAttempts(lease, worker: attempt.worker)
  }

  /// queued → leased, for the first run in order that the worker has room for.
  func leaseNext(_ request: LeaseRequest, now: Int64, expiresAt: Int64) throws -> StoredLease? {
    try saw(worker: request.worker, now: now)
    let worker = try capacity(ofWorker: request.worker, now: now)
    guard worker.setAside == nil, worker.free.cpus > 0 else { return nil }
    var ofEachGrid = worker.walltimeEnd == nil
    let estimate = WalltimeEstimate(measured: ofEachGrid ? [] : try measuredClasses())
    var classes = try classes(for: worker, ofEachGrid: ofEachGrid, now: now)
    while true {
      let choice = try worker.choice(of: classes, estimate: estimate, now: now) {
        try isHere(worker: $0, now: now)
      }
      switch choice {
      case .nothing: return nil
      case .reserve(let entry):
        try execute(
          sql: "UPDATE queue_class SET reserved_for = ? WHERE id = ?",
          arguments: [worker.id, entry.id])
        return nil
      case .take(let entry, let passed):
        if let run = try first(ofClass: entry.id, now: now) {
          try pass(passed, now: now)
          return try lease(
            run, of: entry, worker.grant(for: entry), to: request, now: now, expiresAt: expiresAt)
        }
        // All that is left of the class failed and waits before it is tried again.
        classes =
          ofEachGrid
          ? try self.classes(for: worker, ofEachGrid: false, now: now)
          : classes.filter { $0.id != entry.id }
        ofEachGrid = false
      }
    }
  }

  private func classes(
    for worker: WorkerCapacity, ofEachGrid: Bool, now: Int64
  ) throws -> [QueueClass] {
    try openClasses(now: now, cpus: worker.total.cpus, ofEachGrid: ofEachGrid).inOrder(at: now)
  }

  /// Notes when runs that ask for more room were first passed over.
  private func pass(_ classes: [QueueClass], now: Int64) throws {
    for entry in classes where entry.passedSince == nil {
      try execute(
        sql: "UPDATE queue_class SET passed_since = ? WHERE id = ?", arguments: [now, entry.id])
    }
  }

  private func lease(
    _ run: Int64, of entry: QueueClass, _ grant: Lease.Grant, to request: LeaseRequest, now: Int64,
    expiresAt: Int64
  ) throws -> StoredLease? {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          UPDATE run
          SET state = 'leased', epoch = epoch + 1, worker_id = ?, lease_expires_at = ?
          WHERE id = ? AND state = 'queued'
          RETURNING id, epoch, spec, flops
          """), arguments: [request.worker, expiresAt, run])
    guard let row else { return nil }
    let lease = StoredLease(
      run: row["id"], epoch: row["epoch"], spec: row["spec"], grant: grant)
    try cachedStatement(
      sql: """
        INSERT INTO attempt (
          run_id, epoch, worker_id, request, leased_at, study_id, cpus, gpus, gpu_type, memory)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      lease.run, lease.epoch, request.worker, request.request, now, entry.study, grant.cpus,
      grant.gpus, grant.gpuType, entry.request.memory,
    ])
    if entry.passedSince != nil || entry.reservedFor != nil {
      try execute(
        sql: "UPDATE queue_class SET passed_since = NULL, reserved_for = NULL WHERE id = ?",
        arguments: [entry.id])
    }
    try hold(grant, flops: row["flops"] ?? 0, of: entry.study, now: now)
    try append(
      .runLeased, at: now, study: entry.study, run: lease.run, epoch: lease.epoch,
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
