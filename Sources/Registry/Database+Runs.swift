import Experiment
import GRDB

extension Database {
  /// Inserts those of `runs` whose spec is new as queued ones, and all as a grid's, the first of them
  /// at `position`. `classes` has one for each of them. Returns the numbers of the new ones, which
  /// follow each other.
  @discardableResult
  func insert(
    _ runs: ArraySlice<NewRun>, at position: Int, grid: Int64, study: Int64,
    classes: [ClassKey: Int64], now: Int64
  ) throws -> Range<Int64> {
    let statements = try RunStatements(self)
    var texts = PointTexts()
    var new: Range<Int64>?
    for (offset, run) in runs.enumerated() {
      let id: Int64
      if let inserted = try insert(
        run, study: study, entry: classes[run.classKey]!, now: now, statements)
      {
        id = inserted
        new = (new?.lowerBound ?? id)..<(id + 1)
      } else {
        // A spec that is known already keeps its row: trained once, whoever asks.
        id = try Int64.fetchOne(statements.known, arguments: [run.sha256])!
      }
      try statements.member.execute(arguments: [
        grid, position + offset, id, run.family, run.budget, try texts.point(run.point),
        run.flopsError, try texts.flags(run.flags),
      ])
    }
    return new ?? 0..<0
  }

  /// The number of a run whose spec is new.
  private func insert(
    _ run: NewRun, study: Int64, entry: Int64, now: Int64, _ statements: RunStatements
  ) throws -> Int64? {
    let derived = run.derived
    let spec = run.spec
    try statements.run.execute(arguments: [
      run.canonical, run.sha256, study, derived.parameters, derived.activeParameters, spec.tokens,
      derived.flopsPerToken, derived.forwardFLOPsWithLogits,
      derived.flopsPerToken * Double(spec.tokens), derived.activationRatio, derived.granularity,
      derived.sharedRatio, derived.denseRatio, derived.attentionShare, spec.batchTokens,
      spec.optimiser.learningRate, Int64(bitPattern: spec.seed), now,
      entry,
    ])
    return changesCount == 1 ? lastInsertedRowID : nil
  }
}

/// What is prepared once for all runs of a transaction.
private struct RunStatements {
  let run: Statement
  let known: Statement
  let member: Statement

  init(_ database: Database) throws {
    run = try database.cachedStatement(
      sql: """
        INSERT INTO run (
          source, spec, spec_sha256, study_id, parameters, active_parameters, tokens,
          flops_per_token, forward_flops_with_logits, flops, activation_ratio, granularity,
          shared_ratio, dense_ratio, attention_share, batch_tokens, learning_rate, seed, state,
          queued_at, class_id)
        VALUES ('trained', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)
        ON CONFLICT (spec_sha256) DO NOTHING
        """)
    known = try database.cachedStatement(sql: "SELECT id FROM run WHERE spec_sha256 = ?")
    member = try database.cachedStatement(
      sql: """
        INSERT INTO grid_run (
          grid_id, position, run_id, family, budget, point, flops_error, flags)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """)
  }
}

/// The JSON of points and flags: many runs share each, so it is written once.
private struct PointTexts {
  private var points: [[NewRun.Coordinate]: String] = [:]
  private var flagLists: [[String]: String] = [:]

  mutating func point(_ point: [NewRun.Coordinate]) throws -> String {
    if let text = points[point] { return text }
    let text = try JSONText.object(point).text
    points[point] = text
    return text
  }

  mutating func flags(_ flags: [String]) throws -> String {
    if let text = flagLists[flags] { return text }
    let text = try JSONText(flags).text
    flagLists[flags] = text
    return text
  }
}
