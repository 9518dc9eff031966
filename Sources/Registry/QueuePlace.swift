import GRDB
import Wire

/// A class with what its study and its grid say about serving it.
struct QueuePlace {
  let entry: QueueClass
  let study: String
  let grid: String
  private let studyPaused: Bool
  private let gridPaused: Bool
  private let notBefore: Int64
  private let running: Int
  private let limit: Int?
  private let flops: (spent: Double, inFlight: Double, limit: Double?)
  private let gpuHours: (spent: Double, limit: Double?)

  fileprivate init(_ row: Row, now: Int64) throws {
    entry = try QueueClass(row)
    study = row["study"]
    grid = row["grid"]
    studyPaused = row["study_paused"]
    gridPaused = row["grid_paused"]
    notBefore = row["grid_not_before"]
    running = row["running"]
    limit = row["max_concurrent"]
    flops = (row["spent_flops"], row["held_flops"], row["budget_flops"])
    let (seconds, gpus, budget): (Double, Int, Double?) = (
      row["spent_gpu_seconds"], row["held_gpus"], row["budget_gpu_seconds"]
    )
    gpuHours = (
      (seconds + Double(gpus) * entry.usage.elapsed(to: now)) / 3600, budget.map { $0 / 3600 }
    )
  }

  /// What keeps the class from being served, whatever workers there are: the opposite of
  /// `QueueClass.isOpen`, by name.
  func reasons(now: Int64) -> [Reason] {
    var reasons: [Reason] = []
    if studyPaused { reasons.append(.studyPaused(study: study)) }
    if gridPaused { reasons.append(.gridPaused(grid: grid)) }
    if let limit, running >= limit {
      reasons.append(.concurrency(study: study, running: running, limit: limit))
    }
    if let limit = flops.limit, flops.spent + flops.inFlight >= limit {
      reasons.append(
        .budget(
          study: study, budget: .flops, spent: flops.spent, inFlight: flops.inFlight, limit: limit))
    }
    if let limit = gpuHours.limit, gpuHours.spent >= limit {
      reasons.append(
        .budget(study: study, budget: .gpuHours, spent: gpuHours.spent, inFlight: 0, limit: limit))
    }
    if notBefore > now { reasons.append(.notBefore(at: notBefore, because: .grid)) }
    return reasons
  }
}

extension Database {
  /// The place of a class, whether it is served or not.
  func place(ofClass id: Int64, now: Int64) throws -> QueuePlace {
    let row = try Row.fetchOne(
      self,
      sql: """
        SELECT \(QueueClass.selection), study.name AS study, grid.name AS grid,
          owner.paused AS study_paused, asked.paused AS grid_paused,
          asked.not_before AS grid_not_before, owner.*
        FROM queue_class AS class
        JOIN study_queue AS owner ON owner.study_id = class.study_id
        JOIN grid_queue AS asked ON asked.grid_id = class.grid_id
        JOIN study ON study.id = class.study_id
        JOIN grid ON grid.id = class.grid_id
        WHERE class.id = :id
        """, arguments: ["id": id])
    guard let row else { throw RegistryError.unreadable("queue class \(id)") }
    return try QueuePlace(row, now: now)
  }

  /// Every class that is served at `now` and has runs in the queue, with their number.
  func waitingClasses(now: Int64) throws -> [(QueueClass, queued: Int)] {
    try openClasses(now: now, cpus: .max, ofEachGrid: false).map { entry in
      let statement = try cachedStatement(
        sql: """
          SELECT count(*) FROM run WHERE state = 'queued' AND class_id = ? AND not_before <= ?
          """)
      return (entry, try Int.fetchOne(statement, arguments: [entry.id, now]) ?? 0)
    }
  }
}
