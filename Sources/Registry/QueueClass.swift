import Experiment
import GRDB
import Wire

/// Runs that are alike to the queue, of one grid, family and budget, with the first of them and all
/// that decides about it.
struct QueueClass {
  let id: Int64
  let study: Int64
  let grid: Int64
  /// The first run that may start now.
  let head: Int64
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
  /// The worker that is kept free for it, if that is still here.
  let reservedFor: String?

  /// Reads the columns of `selection`, in their order: this is done for every class at every lease.
  init(_ row: Row) throws {
    id = row[0]
    study = row[1]
    grid = row[2]
    head = row[3]
    priority = row[4]
    weight = row[5]
    usage = ShareUsage(held: row[6], used: row[7], at: row[8])
    let labels: String = row[14]
    request = ResourceRequest(
      cpus: row[9], gpus: row[10], gpuType: row[11], memory: row[12], nodes: row[13],
      labels: labels == "[]"
        ? [] : try JSONText.decode([String].self, from: labels, column: "grid_queue.labels"))
    trainer = row[15]
    walltime = row[16]
    budget = row[17]
    isDense = row[18]
    work = row[19]
    speed = row[20]
    passedSince = row[21]
    reservedFor = row[22]
  }

  /// Of `queue_class AS class`, `grid_queue AS asked` and `study_queue AS owner`.
  static func selection(head: String = firstRun) -> String {
    """
    class.id, class.study_id, class.grid_id, \(head) AS head,
    owner.priority + asked.priority, owner.weight, owner.held, owner.used, owner.used_at,
    asked.cpus, asked.gpus, asked.gpu_type, asked.memory, asked.nodes, asked.labels,
    class.trainer, asked.walltime, class.budget, class.is_dense, class.work, class.speed,
    class.passed_since,
    (SELECT id FROM worker
      WHERE id = class.reserved_for AND left_at IS NULL AND seen_at > :now - 60000)
    """
  }

  /// The class's first run that `:now` lets start.
  static let firstRun = """
    (SELECT id FROM run
      WHERE state = 'queued' AND class_id = class.id AND not_before <= :now
      ORDER BY not_before, id LIMIT 1)
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
  /// The classes that have a run which may start at `now`, of those that ask for at most `cpus`
  /// slots. It is found class by class: the number of runs in the queue does not matter.
  func openClasses(now: Int64, cpus: Int) throws -> [QueueClass] {
    let rows = try Row.fetchCursor(
      cachedStatement(
        sql: """
          WITH RECURSIVE waiting (id) AS (
            SELECT min(class_id) FROM run WHERE state = 'queued'
            UNION ALL
            SELECT (SELECT min(class_id) FROM run WHERE state = 'queued' AND class_id > waiting.id)
            FROM waiting WHERE waiting.id IS NOT NULL
          )
          SELECT \(QueueClass.selection())
          FROM waiting
          CROSS JOIN queue_class AS class ON class.id = waiting.id
          CROSS JOIN study_queue AS owner ON owner.study_id = class.study_id
          CROSS JOIN grid_queue AS asked ON asked.grid_id = class.grid_id
          WHERE asked.cpus <= :cpus AND \(QueueClass.isOpen) AND head IS NOT NULL
          """), arguments: ["now": now, "cpus": cpus])
    return try Array(rows.map(QueueClass.init))
  }
}

extension [QueueClass] {
  /// In the order in which they are served: by priority, by what their study has used lately for its
  /// weight, by order of expansion.
  func inOrder(at now: Int64) -> [QueueClass] {
    var shares: [Int64: Double] = [:]
    for entry in self where shares[entry.study] == nil {
      shares[entry.study] = entry.usage.share(at: now, weight: entry.weight)
    }
    return sorted { first, second in
      if first.priority != second.priority { return first.priority > second.priority }
      if first.study != second.study, shares[first.study] != shares[second.study] {
        return shares[first.study]! < shares[second.study]!
      }
      return first.head < second.head
    }
  }
}
