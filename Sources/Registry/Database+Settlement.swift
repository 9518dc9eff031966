import Experiment
import GRDB
import Wire

/// An attempt that has just ended.
struct Settled {
  let run: Int64
  let epoch: Int
  let end: Attempt.End
  let failure: FailureClass?
  let message: String?
  /// Whom it is charged to; none for one from before there was a queue.
  let study: Int64?
  let worker: String
  let leasedAt: Int64
  let firstStep: Int
  let grant: Lease.Grant

  /// The columns that closing an attempt returns.
  init(
    _ row: Row, run: Int64, epoch: Int, end: Attempt.End, failure: FailureClass?, message: String?
  ) {
    self.run = run
    self.epoch = epoch
    self.end = end
    self.failure = failure
    self.message = message
    study = row["study_id"]
    worker = row["worker_id"]
    leasedAt = row["leased_at"]
    firstStep = row["first_step"] ?? 0
    grant = Lease.Grant(cpus: row["cpus"], gpus: row["gpus"])
  }
}

extension Database {
  /// A study holds more: one more of its runs is leased.
  func hold(_ grant: Lease.Grant, flops: Double, of study: Int64, now: Int64) throws {
    try change(study, by: grant, count: 1, flops: flops, spent: 0, now: now)
  }

  /// Gives back what an attempt held, writes down what it cost, and learns from it how fast its class
  /// trains and whether its host is to be trusted.
  func settle(_ attempt: Settled, now: Int64) throws {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT flops, tokens, batch_tokens, class_id, 3 * forward_flops_with_logits * tokens
          FROM run WHERE id = ?
          """), arguments: [attempt.run])
    guard let row, let study = attempt.study else { return }
    let flops: Double = row[0] ?? 0
    let share = try trained(attempt, tokens: row[1] ?? 0, batch: row[2] ?? 0)
    try cachedStatement(sql: "UPDATE attempt SET flops = ? WHERE run_id = ? AND epoch = ?")
      .execute(arguments: [flops * share, attempt.run, attempt.epoch])
    try change(
      study, by: attempt.grant, count: -1, flops: -flops, spent: flops * share, now: now)
    if attempt.end == .finished, let entry: Int64 = row[3], let work: Double = row[4], share > 0 {
      try measured(
        entry, speed: work * share / (Double(max(1, now - attempt.leasedAt)) / 1000))
    }
    try judgeNode(after: attempt, now: now)
  }

  /// A study holds again what `settle` gave back, and has not spent it: an attempt that was taken for
  /// lost goes on.
  func unsettle(_ attempt: Attempt, now: Int64) throws {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: """
          SELECT attempt.study_id, attempt.flops, run.flops
          FROM attempt JOIN run ON run.id = attempt.run_id
          WHERE attempt.run_id = ? AND attempt.epoch = ?
          """), arguments: [attempt.run, attempt.epoch])
    guard let row, let study: Int64 = row[0] else { return }
    try cachedStatement(sql: "UPDATE attempt SET flops = NULL WHERE run_id = ? AND epoch = ?")
      .execute(arguments: [attempt.run, attempt.epoch])
    try change(
      study, by: attempt.grant, count: 1, flops: row[2] ?? 0, spent: -(row[1] ?? 0), now: now)
  }

  /// Which share of its run an attempt has trained, from the steps that it has reported.
  private func trained(_ attempt: Settled, tokens: Int, batch: Int) throws -> Double {
    guard tokens > 0, batch > 0 else { return 0 }
    let steps = Double(tokens) / Double(batch)
    let last: Double
    if attempt.end == .finished {
      last = steps
    } else {
      let statement = try cachedStatement(
        sql: """
          SELECT max(last_step) FROM loss_chunk WHERE run_id = ? AND metric = 'loss' AND epoch = ?
          """)
      last = try Double.fetchOne(statement, arguments: [attempt.run, attempt.epoch]) ?? 0
    }
    return min(1, max(0, (last - Double(attempt.firstStep)) / steps))
  }

  /// Moves a study's sums on to `now`, and by one attempt more or less.
  private func change(
    _ study: Int64, by grant: Lease.Grant, count: Int, flops: Double, spent: Double, now: Int64
  ) throws {
    let row = try Row.fetchOne(
      cachedStatement(
        sql: "SELECT held, used, used_at, held_gpus FROM study_queue WHERE study_id = ?"),
      arguments: [study])
    guard let row else { return }
    let usage = ShareUsage(held: row[0], used: row[1], at: row[2])
    let gpus: Int = row[3]
    try cachedStatement(
      sql: """
        UPDATE study_queue
        SET running = running + ?, held = held + ?, held_gpus = held_gpus + ?,
          held_flops = iif(running + ? = 0, 0.0, held_flops + ?), used = ?,
          used_at = max(used_at, ?), spent_flops = spent_flops + ?,
          spent_gpu_seconds = spent_gpu_seconds + ?
        WHERE study_id = ?
        """
    ).execute(arguments: [
      count, count * ShareUsage.charge(cpus: grant.cpus, gpus: grant.gpus), count * grant.gpus,
      count, flops, usage.used(at: now), now, spent, Double(gpus) * usage.elapsed(to: now), study,
    ])
  }

  /// Notes how fast a class trains, where that is news.
  private func measured(_ entry: Int64, speed: Double) throws {
    try cachedStatement(
      sql: """
        UPDATE queue_class SET speed = ?1
        WHERE id = ?2 AND (speed IS NULL OR abs(speed - ?1) > 0.1 * speed)
        """
    ).execute(arguments: [speed, entry])
  }
}
