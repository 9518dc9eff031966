import Experiment
import GRDB
import Wire

/// What makes runs of one grid alike to the queue.
struct ClassKey: Hashable {
  var family: String
  var budget: Double
}

extension NewRun {
  var classKey: ClassKey { ClassKey(family: family, budget: budget) }
}

extension Database {
  /// The classes of a grid that is being expanded, made from its runs.
  func insertClasses(
    of runs: [NewRun], grid: Int64, study: Int64
  ) throws -> [ClassKey: Int64] {
    var work: [ClassKey: Double] = [:]
    var first: [(key: ClassKey, run: NewRun)] = []
    for run in runs {
      let key = run.classKey
      if work[key] == nil { first.append((key, run)) }
      let flops = 3 * run.derived.forwardFLOPsWithLogits * Double(run.spec.tokens)
      work[key] = max(work[key] ?? 0, flops)
    }
    var classes: [ClassKey: Int64] = [:]
    for (key, run) in first {
      try execute(
        sql: """
          INSERT INTO queue_class (study_id, grid_id, family, budget, trainer, is_dense, work)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          study, grid, key.family, key.budget, run.spec.trainer, run.spec.architecture.isDense,
          work[key],
        ])
      classes[key] = lastInsertedRowID
    }
    try execute(
      sql: "UPDATE grid_queue SET last_class = ? WHERE grid_id = ?",
      arguments: [classes.values.max(), grid])
    return classes
  }

  /// Sets what a grid's runs ask for; a change of a grid that is known is an event.
  func schedule(_ grid: Int64, _ scheduling: Scheduling, now: Int64?) throws {
    let request = scheduling.resources
    let study = try Int64.fetchOne(
      self,
      sql: """
        UPDATE grid_queue
        SET priority = :priority, not_before = :not_before, walltime = :walltime, cpus = :cpus,
          gpus = :gpus, gpu_type = :type, memory = :memory, nodes = :nodes, labels = :labels
        WHERE grid_id = :grid
          AND (priority, not_before, coalesce(walltime, 0), cpus, gpus, coalesce(gpu_type, ''),
            memory, nodes, labels)
          <> (:priority, :not_before, coalesce(:walltime, 0), :cpus, :gpus, coalesce(:type, ''),
            :memory, :nodes, :labels)
        RETURNING (SELECT study_id FROM grid WHERE grid.id = grid_queue.grid_id)
        """,
      arguments: [
        "grid": grid, "priority": scheduling.priority, "not_before": scheduling.notBefore,
        "walltime": scheduling.walltime, "cpus": request.cpus, "gpus": request.gpus,
        "type": request.gpuType, "memory": request.memory, "nodes": request.nodes,
        "labels": try JSONText(request.labels),
      ])
    guard let study, let now else { return }
    try append(
      .schedulingChanged, at: now, study: study, grid: grid,
      detail: ["what": .text("submitted with another schedule")])
  }
}
