import GRDB
public import Wire

extension Registry {
  /// How a study shares the cluster. Throws `.unknownStudy`.
  public func queue(ofStudy study: String, now: Int64) async throws -> StudyQueue {
    try await read { try $0.queue(ofStudy: study, now: now) }
  }

  /// Changes how a study shares the cluster. Throws `.unknownStudy` and `.badSetting`; then nothing
  /// is changed.
  public func change(
    study: String, _ change: StudyChange, now: Int64
  ) async throws -> StudyQueue {
    try change.check()
    return try await write { database in
      let id = try database.study(named: study)
      for (column, value) in change.columns {
        try database.execute(
          sql: "UPDATE study_queue SET \(column) = ? WHERE study_id = ?", arguments: [value, id])
      }
      if !change.columns.isEmpty {
        try database.append(
          .schedulingChanged, at: now, study: id,
          detail: [
            "what": .text(change.columns.map { "\($0.name) \($0.value)" }.joined(separator: ", "))
          ])
      }
      return try database.queue(ofStudy: study, now: now)
    }
  }

  /// Stops or resumes leasing a study's runs; those that are leased go on. Returns whether it was
  /// otherwise before. Throws `.unknownStudy`.
  public func pause(study: String, _ paused: Bool, now: Int64) async throws -> Bool {
    try await write { database in
      let id = try database.study(named: study)
      try database.execute(
        sql: "UPDATE study_queue SET paused = :paused WHERE study_id = :id AND paused <> :paused",
        arguments: ["paused": paused, "id": id])
      guard database.changesCount > 0 else { return false }
      try database.append(
        .schedulingChanged, at: now, study: id,
        detail: ["what": .text(paused ? "paused" : "resumed")])
      return true
    }
  }

  /// Stops or resumes leasing a grid's runs; those that are leased go on. Returns whether it was
  /// otherwise before. Throws `.unknownGrid`.
  public func pause(grid: Int64, _ paused: Bool, now: Int64) async throws -> Bool {
    try await write { database in
      try database.requireGrid(grid)
      try database.execute(
        sql: "UPDATE grid_queue SET paused = :paused WHERE grid_id = :id AND paused <> :paused",
        arguments: ["paused": paused, "id": grid])
      guard database.changesCount > 0 else { return false }
      let study = try Int64.fetchOne(
        database, sql: "SELECT study_id FROM grid WHERE id = ?", arguments: [grid])
      try database.append(
        .schedulingChanged, at: now, study: study, grid: grid,
        detail: ["what": .text(paused ? "paused" : "resumed")])
      return true
    }
  }

  /// Whether anything in the queue became free to start after `since` and by `now`: a pause between
  /// retries or a grid's own wait is over.
  public func becameDue(since: Int64, now: Int64) async throws -> Bool {
    try await read { database in
      try Bool.fetchOne(
        database,
        sql: """
          SELECT EXISTS (
              SELECT 1 FROM run
              WHERE state = 'queued' AND not_before > max(0, :since) AND not_before <= :now)
            OR EXISTS (SELECT 1 FROM grid_queue WHERE not_before > :since AND not_before <= :now)
            OR EXISTS (
              SELECT 1 FROM node WHERE set_aside_until > :since AND set_aside_until <= :now)
          """, arguments: ["since": since, "now": now]) ?? false
    }
  }

  /// Whether any run is queued.
  public func hasQueue() async throws -> Bool {
    try await read {
      try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM run WHERE state = 'queued')")
        ?? false
    }
  }
}

extension Database {
  /// What is paused: studies by name, then grids by number.
  func paused() throws -> [PauseRequest] {
    try Row.fetchAll(
      self,
      sql: """
        SELECT study.name, NULL
        FROM study_queue JOIN study ON study.id = study_queue.study_id WHERE paused
        UNION ALL
        SELECT NULL, grid_id FROM grid_queue WHERE paused
        """
    ).map { PauseRequest(study: $0[0], grid: $0[1]) }
  }

  fileprivate func queue(ofStudy study: String, now: Int64) throws -> StudyQueue {
    let id = try self.study(named: study)
    let row = try Row.fetchOne(
      self, sql: "SELECT * FROM study_queue WHERE study_id = ?", arguments: [id])!
    let queued = try Int.fetchOne(
      self,
      sql: """
        SELECT count(*) FROM queue_class JOIN run ON run.class_id = queue_class.id
        WHERE queue_class.study_id = ? AND run.state = 'queued'
        """, arguments: [id])
    let pausedGrids = try Int64.fetchAll(
      self,
      sql: """
        SELECT grid_id FROM grid_queue JOIN grid ON grid.id = grid_queue.grid_id
        WHERE grid.study_id = ? AND paused ORDER BY grid_id
        """, arguments: [id])
    let usage = ShareUsage(held: row["held"], used: row["used"], at: row["used_at"])
    let gpuSeconds: Double = row["spent_gpu_seconds"]
    let gpus: Int = row["held_gpus"]
    let budget: Double? = row["budget_gpu_seconds"]
    return StudyQueue(
      study: study, paused: row["paused"], priority: row["priority"], weight: row["weight"],
      maxConcurrent: row["max_concurrent"], budgetFLOPs: row["budget_flops"],
      budgetGPUHours: budget.map { $0 / 3600 }, running: row["running"], queued: queued ?? 0,
      spentFLOPs: row["spent_flops"], inFlightFLOPs: row["held_flops"],
      spentGPUHours: (gpuSeconds + Double(gpus) * usage.elapsed(to: now)) / 3600,
      share: usage.share(at: now, weight: row["weight"]), pausedGrids: pausedGrids)
  }
}

extension StudyChange {
  /// The columns of `study_queue` that it sets.
  fileprivate var columns: [(name: String, value: DatabaseValue)] {
    var columns: [(name: String, value: DatabaseValue)] = []
    if let priority { columns.append(("priority", priority.databaseValue)) }
    if let weight { columns.append(("weight", weight.databaseValue)) }
    let limits = [
      ("budget_flops", budgetFLOPs, 1.0), ("budget_gpu_seconds", budgetGPUHours, 3600.0),
    ]
    switch maxConcurrent {
    case .at(let count)?: columns.append(("max_concurrent", Int(count).databaseValue))
    case .unlimited?: columns.append(("max_concurrent", .null))
    case nil: break
    }
    for case (let name, let limit?, let scale) in limits {
      switch limit {
      case .unlimited: columns.append((name, .null))
      case .at(let number): columns.append((name, (number * scale).databaseValue))
      }
    }
    return columns
  }

  /// Throws `.badSetting`.
  fileprivate func check() throws {
    if let weight, !(weight.isFinite && weight > 0) {
      throw RegistryError.badSetting("weight", "\(weight)", allowed: "a number above 0")
    }
    if let priority, abs(priority) > 1_000_000 {
      throw RegistryError.badSetting("priority", "\(priority)", allowed: "from -1000000 to 1000000")
    }
    if case .at(let count)? = maxConcurrent, !(0...1e9 ~= count && count == count.rounded()) {
      throw RegistryError.badSetting(
        "max_concurrent", "\(count)", allowed: "a whole number of runs, or none")
    }
    for (name, limit) in [("budget_flops", budgetFLOPs), ("budget_gpu_hours", budgetGPUHours)] {
      if case .at(let number)? = limit, !(number.isFinite && number >= 0) {
        throw RegistryError.badSetting(name, "\(number)", allowed: "a number from 0, or none")
      }
    }
  }
}
