import GRDB
import Wire

/// One execution of a run as its row stands; (run, epoch) is the fence.
struct Attempt {
  /// How an attempt ends.
  enum End: String {
    case finished, diverged, failed, cancelled, released, lost

    /// The end that an outcome of the worker's reports.
    init(_ outcome: Outcome) {
      switch outcome {
      case .finished: self = .finished
      case .diverged: self = .diverged
      case .failed(let failure) where failure.kind == .lost: self = .lost
      case .failed: self = .failed
      case .released: self = .released
      }
    }
  }

  let run: Int64
  let epoch: Int
  let worker: String
  /// The last report accepted, 0 before the first.
  let sequence: Int
  /// None while it goes on.
  let end: End?
  /// What it holds of its worker.
  let grant: Lease.Grant

  init(_ row: Row) {
    grant = Lease.Grant(cpus: row["cpus"], gpus: row["gpus"], gpuType: row["gpu_type"])
    run = row["run_id"]
    epoch = row["epoch"]
    worker = row["worker_id"]
    sequence = row["sequence"]
    end = (row["outcome"] as String?).flatMap(End.init)
  }
}

extension Database {
  /// The attempt that `run` and `epoch` name. Throws `.leaseLost` when there never was one.
  func attempt(_ run: Int64, epoch: Int) throws -> Attempt {
    let statement = try cachedStatement(
      sql: "SELECT * FROM attempt WHERE run_id = ? AND epoch = ?")
    guard let row = try Row.fetchOne(statement, arguments: [run, epoch]) else {
      throw RegistryError.leaseLost(run: run, epoch: epoch)
    }
    return Attempt(row)
  }

  /// The attempt that a lease request was given, however it went on.
  func attempt(request: String) throws -> Attempt? {
    let statement = try cachedStatement(sql: "SELECT * FROM attempt WHERE request = ?")
    return try Row.fetchOne(statement, arguments: [request]).map(Attempt.init)
  }

  /// Closes an attempt, seals its series, so that nothing is recorded under its epoch any more, and
  /// settles what it cost.
  func end(
    _ end: Attempt.End, run: Int64, epoch: Int, failure: FailureClass? = nil,
    message: String? = nil, now: Int64
  ) throws {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          UPDATE attempt SET ended_at = ?, outcome = ?, failure = ?, message = ?
          WHERE run_id = ? AND epoch = ? AND ended_at IS NULL
          RETURNING study_id, worker_id, leased_at, first_step, cpus, gpus
          """), arguments: [now, end.rawValue, failure?.rawValue, message, run, epoch])
    try sealSeries(run: run, epoch: epoch)
    guard let row else { return }
    try settle(
      Settled(row, run: run, epoch: epoch, end: end, failure: failure, message: message), now: now)
  }
}
