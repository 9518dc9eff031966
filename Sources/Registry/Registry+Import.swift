import GRDB
public import Wire

extension Registry {
  /// Records finished runs that were trained elsewhere, as a grid of the study that the source names.
  ///
  /// A run's identity is what is known of it: one that the study has already is left alone, so the
  /// same import again inserts nothing, and a longer file adds its new rows only. A run that another
  /// study has is shared. When no run is new, and in a dry run, no grid is made. Throws
  /// `.runRefused`.
  public func importRuns(_ request: ImportRequest, now: Int64) async throws -> ImportReply {
    let runs = try request.runs.enumerated().map { index, run in
      try run.validate(at: index)
      return IdentifiedRun(run: run, sha256: SHA256.hex(of: run.canonical))
    }
    return try await write { database in
      let fresh = try database.fresh(runs, study: request.source.study)
      var reply = ImportReply(
        gridID: nil, runs: runs.count, new: fresh.count, existing: runs.count - fresh.count)
      guard !request.dryRun, !fresh.isEmpty else { return reply }
      let study = try database.study(named: request.source.study, now: now)
      let grid = try database.insert(request.source, study: study, now: now)
      for (position, run) in fresh.enumerated() {
        try database.insert(run, at: position, grid: grid, study: study, now: now)
      }
      try database.append(
        .runsImported, at: now, study: study, grid: grid,
        detail: ["runs": .integer(Int64(runs.count)), "new": .integer(Int64(fresh.count))])
      reply.gridID = grid
      return reply
    }
  }
}

/// A run and its identity: the digest of its canonical text.
private struct IdentifiedRun {
  var run: ImportedRun
  var sha256: String
}

extension ImportedRun {
  /// Refuses what no finished run is. Throws `.runRefused`.
  fileprivate func validate(at index: Int) throws {
    guard RunQuantity.losses.contains(where: { numbers[$0] != nil }) else {
      throw RegistryError.runRefused(index: index, reason: "it has no loss")
    }
    for (quantity, value) in numbers where !quantity.domain.contains(value) {
      throw RegistryError.runRefused(
        index: index, reason: "\(quantity.rawValue) is \(value), not \(quantity.domain)")
    }
    guard !family.isEmpty else {
      throw RegistryError.runRefused(index: index, reason: "its family has no name")
    }
  }
}

extension Database {
  /// Those of `runs` that no grid of the study has, each once.
  fileprivate func fresh(_ runs: [IdentifiedRun], study: String) throws -> [IdentifiedRun] {
    let statement = try makeStatement(
      sql: """
        SELECT 1
        FROM run
        JOIN grid_run ON grid_run.run_id = run.id
        JOIN grid ON grid.id = grid_run.grid_id
        JOIN study ON study.id = grid.study_id
        WHERE run.import_sha256 = ? AND study.name = ?
        """)
    var seen: Set<String> = []
    return try runs.filter { run in
      guard seen.insert(run.sha256).inserted else { return false }
      return try Row.fetchOne(statement, arguments: [run.sha256, study]) == nil
    }
  }

  fileprivate func insert(_ source: ImportSource, study: Int64, now: Int64) throws -> Int64 {
    let text = try JSONText(source).text
    try execute(
      sql: """
        INSERT INTO grid (study_id, name, source, source_sha256, text, state, settings, created_at)
        VALUES (?, ?, ?, ?, '', 'open', '{}', ?)
        """, arguments: [study, source.grid, text, SHA256.hex(of: text), now])
    return lastInsertedRowID
  }

  fileprivate func insert(
    _ identified: IdentifiedRun, at position: Int, grid: Int64, study: Int64, now: Int64
  ) throws {
    let (run, numbers) = (identified.run, identified.run.numbers)
    func count(_ quantity: RunQuantity) -> Int64? { numbers[quantity].map { Int64($0.rounded()) } }
    // A run that another study has imported keeps its row.
    try cachedStatement(
      sql: """
        INSERT INTO run (
          source, import_sha256, extra, study_id, parameters, active_parameters, tokens,
          flops_per_token, flops, activation_ratio, granularity, shared_ratio, dense_ratio,
          attention_share, batch_tokens, learning_rate, seed, loss, validation_loss, bits_per_byte,
          train_seconds, train_cpu_seconds, state, queued_at, finished_at)
        VALUES ('imported', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
          'finished', ?, ?)
        ON CONFLICT (import_sha256) DO NOTHING
        """
    ).execute(arguments: [
      identified.sha256, run.extra, study, count(.parameters),
      count(.activeParameters), count(.tokens), numbers[.flopsPerToken], numbers[.flops],
      numbers[.activationRatio], numbers[.granularity], numbers[.sharedRatio],
      numbers[.denseRatio], numbers[.attentionShare], count(.batchTokens),
      numbers[.learningRate], run.seed, numbers[.loss], numbers[.validationLoss],
      numbers[.bitsPerByte], numbers[.seconds], numbers[.cpuSeconds], now, now,
    ])
    try cachedStatement(
      sql: """
        INSERT INTO grid_run (
          grid_id, position, run_id, family, budget, point, flops_error, flags)
        SELECT ?, ?, id, ?, ?, ?, 0, '[]' FROM run WHERE import_sha256 = ?
        """
    ).execute(arguments: [
      grid, position, run.family, numbers[.budget], run.point, identified.sha256,
    ])
  }
}
