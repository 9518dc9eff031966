import Experiment
import GRDB
import Wire

/// Runs that are alike to the queue, of one grid, family and budget, with all that decides about them.
/// Classes are numbered as they are expanded, so that the order of their numbers is that of their runs.
struct QueueClass {
  let id: Int64
  let study: Int64
  /// The study's and the grid's.
  let priority: Int
  let weight: Double
  let usage: ShareUsage
  let request: ResourceRequest
  let trainer: String
  /// Seconds that a run may take, as asked for.
  let walltime: Double?
  /// For an estimate: FLOPs of the largest run, and FLOPs a second where it was measured.
  let budget: Double
  let isDense: Bool
  let work: Double
  let speed: Double?
  /// Since when later runs are taken for want of room for this one.
  let passedSince: Int64?
  /// The worker that is kept free for it.
  let reservedFor: String?

  /// Reads the columns of `selection`, in their order: this is done for every class at every lease.
  init(_ row: Row) throws {
    id = row[0]
    study = row[1]
    priority = row[2]
    weight = row[3]
    usage = ShareUsage(held: row[4], used: row[5], at: row[6])
    let labels: String = row[12]
    request = ResourceRequest(
      cpus: row[7], gpus: row[8], gpuType: row[9], memory: row[10], nodes: row[11],
      labels: labels == "[]"
        ? [] : try JSONText.decode([String].self, from: labels, column: "grid_queue.labels"))
    trainer = row[13]
    walltime = row[14]
    budget = row[15]
    isDense = row[16]
    work = row[17]
    speed = row[18]
    passedSince = row[19]
    reservedFor = row[20]
  }

  /// Of `queue_class AS class`, `grid_queue AS asked` and `study_queue AS owner`.
  static let selection = """
    class.id, class.study_id, owner.priority + asked.priority, owner.weight, owner.held, owner.used,
    owner.used_at, asked.cpus, asked.gpus, asked.gpu_type, asked.memory, asked.nodes, asked.labels,
    class.trainer, asked.walltime, class.budget, class.is_dense, class.work, class.speed,
    class.passed_since, class.reserved_for
    """

  /// What lets a class of a study be served at `:now`, whatever workers there are.
  static let isOpen = """
    NOT owner.paused AND NOT asked.paused AND asked.not_before <= :now
    AND (owner.max_concurrent IS NULL OR owner.running < owner.max_concurrent)
    AND (owner.budget_flops IS NULL OR owner.spent_flops + owner.held_flops < owner.budget_flops)
    AND (owner.budget_gpu_seconds IS NULL OR owner.budget_gpu_seconds >
      owner.spent_gpu_seconds + owner.held_gpus * max(0, :now - owner.used_at) / 1000.0)
    """
}

extension Database {
  /// The classes that have runs in the queue and are served at `now`, of those that ask for at most
  /// `cpus` slots: all of them, or the first of each grid, for those of one grid differ in their time
  /// alone. They are found one by one: how many runs there are does not matter.
  func openClasses(now: Int64, cpus: Int, ofEachGrid isFirst: Bool) throws -> [QueueClass] {
    let rows = try Row.fetchCursor(
      cachedStatement(
        sql: """
          WITH RECURSIVE waiting (id) AS (
            SELECT min(class_id) FROM run WHERE state = 'queued'
            UNION ALL
            SELECT (
              SELECT min(class_id) FROM run
              WHERE state = 'queued' AND class_id > iif(:first, (
                SELECT last_class FROM queue_class JOIN grid_queue USING (grid_id)
                WHERE queue_class.id = waiting.id), waiting.id))
            FROM waiting WHERE waiting.id IS NOT NULL
          )
          SELECT \(QueueClass.selection)
          FROM waiting
          CROSS JOIN queue_class AS class ON class.id = waiting.id
          CROSS JOIN study_queue AS owner ON owner.study_id = class.study_id
          CROSS JOIN grid_queue AS asked ON asked.grid_id = class.grid_id
          WHERE asked.cpus <= :cpus AND \(QueueClass.isOpen)
            AND class.grid_id NOT IN (SELECT grid_id FROM staged_range)
          """), arguments: ["now": now, "cpus": cpus, "first": isFirst])
    return try Array(rows.map(QueueClass.init))
  }

  /// The run of a class that is next: in order of expansion, behind the others once it has failed.
  func first(ofClass id: Int64, now: Int64) throws -> Int64? {
    try Int64.fetchOne(
      cachedStatement(
        sql: """
          SELECT id FROM run
          WHERE state = 'queued' AND class_id = ? AND not_before <= ?
          ORDER BY not_before, id LIMIT 1
          """), arguments: [id, now])
  }
}

extension [QueueClass] {
  /// In the order in which they are served: by priority, by what their study has used lately for its
  /// weight, by order of expansion.
  func inOrder(at now: Int64) -> [QueueClass] {
    guard count > 1 else { return self }
    var shares: [Int64: Double] = [:]
    for entry in self where shares[entry.study] == nil {
      shares[entry.study] = entry.usage.share(at: now, weight: entry.weight)
    }
    return sorted { first, second in
      if first.priority != second.priority { return first.priority > second.priority }
      if first.study != second.study, shares[first.study] != shares[second.study] {
        return shares[first.study]! < shares[second.study]!
      }
      return first.id < second.id
    }
  }
}
