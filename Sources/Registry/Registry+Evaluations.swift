import GRDB
public import Wire

extension Registry {
  /// Records what a suite says of a checkpoint, once for each run, file, suite and set of questions;
  /// what is known keeps its first numbers.
  ///
  /// Throws `.unknownSpec` when no run has the spec, `.notFinite` for a number that is not,
  /// `.evaluationRefused` for scores that contradict themselves.
  public func record(
    _ evaluation: EvaluationSubmission, now: Int64
  ) async throws -> EvaluationReply {
    try evaluation.validate()
    return try await write { try $0.record(evaluation, now: now) }
  }

  /// The newest evaluation of each run and suite, by run. Throws `.unknownRun` for a run of the
  /// filter that there is not.
  public func evaluations(_ filter: EvaluationFilter = .init()) async throws -> [EvaluationRow] {
    try await read { database in
      for run in filter.runs {
        let known = try Bool.fetchOne(
          database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run])
        guard known != nil else { throw RegistryError.unknownRun(run) }
      }
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT evaluation.*, study.name AS study
          FROM evaluation
          JOIN run ON run.id = evaluation.run_id
          JOIN study ON study.id = run.study_id
          WHERE study.name = coalesce(:study, study.name)
            AND evaluation.suite = coalesce(:suite, evaluation.suite)
            AND (:runs = '[]' OR evaluation.run_id IN (SELECT value FROM json_each(:runs)))
            AND evaluation.id = (
              SELECT max(newest.id) FROM evaluation AS newest
              WHERE newest.run_id = evaluation.run_id AND newest.suite = evaluation.suite)
          ORDER BY evaluation.run_id, evaluation.suite DESC
          """,
        arguments: [
          "study": filter.study, "suite": filter.suite?.rawValue,
          "runs": try JSONText(filter.runs),
        ])
      return try rows.map { row in
        try EvaluationRow(
          row, scores: try database.scores(of: row["id"], withSamples: filter.withSamples))
      }
    }
  }
}

extension EvaluationSubmission {
  /// Refuses what no suite says. Throws `.notFinite` and `.evaluationRefused`.
  fileprivate func validate() throws {
    guard !scores.isEmpty else { throw RegistryError.evaluationRefused(reason: "it has no score") }
    for score in scores {
      let name = "\(score.source)/\(score.metric.rawValue)"
      let numbers =
        [score.value] + [score.low, score.high].compactMap(\.self) + (score.values ?? [])
        + (score.weights ?? [])
      guard numbers.allSatisfy(\.isFinite) else { throw RegistryError.notFinite(name) }
      guard score.count > 0, score.samples > 0 else {
        throw RegistryError.evaluationRefused(reason: "\(name) is of nothing")
      }
      for samples in [score.values, score.weights].compactMap(\.self)
      where samples.count != score.samples {
        throw RegistryError.evaluationRefused(
          reason: "\(name) has \(samples.count) numbers for \(score.samples) samples")
      }
      guard score.low ?? score.value <= score.value, score.value <= score.high ?? score.value else {
        throw RegistryError.evaluationRefused(reason: "\(name) lies outside its interval")
      }
    }
    let keys = Set(scores.map { [$0.source, $0.metric.rawValue] })
    guard keys.count == scores.count else {
      throw RegistryError.evaluationRefused(reason: "a number of it comes twice")
    }
  }
}

extension Database {
  fileprivate func record(
    _ evaluation: EvaluationSubmission, now: Int64
  ) throws -> EvaluationReply {
    let run = try Row.fetchOne(
      self, sql: "SELECT id, study_id FROM run WHERE spec_sha256 = ?",
      arguments: [evaluation.specSHA256])
    guard let run else { throw RegistryError.unknownSpec(sha256: evaluation.specSHA256) }
    let identity: StatementArguments = [
      run["id"], evaluation.checkpointSHA256, evaluation.suite.rawValue, evaluation.suiteSHA256,
    ]
    let known = try Int64.fetchOne(
      self,
      sql: """
        SELECT id FROM evaluation
        WHERE run_id = ? AND checkpoint_sha256 = ? AND suite = ? AND suite_sha256 = ?
        """, arguments: identity)
    if let known { return EvaluationReply(id: known, run: run["id"], inserted: false) }
    try execute(
      sql: """
        INSERT INTO evaluation (
          run_id, checkpoint_sha256, suite, suite_sha256, step, corpus_sha256, chance, environment,
          created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: identity + [
        evaluation.step, evaluation.corpusSHA256, evaluation.chance,
        try JSONText(evaluation.environment), now,
      ])
    let id = lastInsertedRowID
    try insert(evaluation.scores, of: id)
    try append(
      .evaluationRecorded, at: now, study: run["study_id"], run: run["id"],
      detail: [
        "evaluation": .integer(id), "suite": .text(evaluation.suite.rawValue),
        "step": .integer(Int64(evaluation.step)),
      ])
    return EvaluationReply(id: id, run: run["id"], inserted: true)
  }

  private func insert(_ scores: [SuiteScore], of evaluation: Int64) throws {
    let statement = try makeStatement(
      sql: """
        INSERT INTO evaluation_score (
          evaluation_id, source, metric, value, low, high, count, samples, "values", weights)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    for score in scores {
      try statement.execute(arguments: [
        evaluation, score.source, score.metric.rawValue, score.value, score.low, score.high,
        score.count, score.samples, try score.values.map(JSONText.init),
        try score.weights.map(JSONText.init),
      ])
    }
  }

  fileprivate func scores(of evaluation: Int64, withSamples: Bool) throws -> [SuiteScore] {
    // All sources together come last, as the suites give them.
    try Row.fetchAll(
      self,
      sql: """
        SELECT source, metric, value, low, high, count, samples,
          iif(:samples, "values", NULL) AS "values", iif(:samples, weights, NULL) AS weights
        FROM evaluation_score
        WHERE evaluation_id = :evaluation
        ORDER BY source = :all, source, metric = 'bits_per_byte', metric
        """,
      arguments: ["samples": withSamples, "evaluation": evaluation, "all": SuiteScore.all]
    ).map(SuiteScore.init)
  }
}

extension EvaluationRow {
  fileprivate init(_ row: Row, scores: [SuiteScore]) throws {
    guard let suite = Suite(rawValue: row["suite"]) else {
      throw RegistryError.unreadable("suite '\(row["suite"] as String)'")
    }
    self.init(
      id: row["id"], run: row["run_id"], study: row["study"],
      checkpointSHA256: row["checkpoint_sha256"], step: row["step"], suite: suite,
      suiteSHA256: row["suite_sha256"], corpusSHA256: row["corpus_sha256"], chance: row["chance"],
      environment: try JSONText.decode(
        [String: String].self, from: row["environment"], column: "evaluation.environment"),
      createdAt: row["created_at"], scores: scores)
  }
}

extension SuiteScore {
  fileprivate init(_ row: Row) throws {
    guard let metric = Metric(rawValue: row["metric"]) else {
      throw RegistryError.unreadable("metric '\(row["metric"] as String)'")
    }
    let samples = try ["values", "weights"].map { column -> [Double]? in
      guard let text: String = row[column] else { return nil }
      return try JSONText.decode([Double].self, from: text, column: "evaluation_score.\(column)")
    }
    self.init(
      source: row["source"], metric: metric, value: row["value"], low: row["low"],
      high: row["high"], count: row["count"], samples: row["samples"], values: samples[0],
      weights: samples[1])
  }
}
