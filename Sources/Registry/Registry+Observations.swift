import GRDB

/// A finished run as a fit needs it.
public struct FinishedRun: Hashable, Sendable {
  public var id: Int64
  /// As the study's first grid asked for it, or as it was imported.
  public var family: String?
  /// Axis and value asked for, in the order of the axes.
  public var point: [NewRun.Coordinate]
  public var budget: Double?
  /// Whether no block routes; an imported run is dense when its A is 1, or when neither A nor more
  /// than one expert is known of it.
  public var isDense: Bool
  /// C, M, N, N_a and D as realised.
  public var flops: Double?
  public var flopsPerToken: Double?
  public var parameters: Int?
  public var activeParameters: Int?
  public var tokens: Int?
  public var batchTokens: Int?
  public var learningRate: Double?
  /// A routed, G and S as realised.
  public var activationRatio: Double?
  public var granularity: Double?
  public var sharedRatio: Double?
  public var seed: Int64?
  /// Nats a token: training at the end, and validation; validation in bits a byte.
  public var loss: Double?
  public var validationLoss: Double?
  public var bitsPerByte: Double?
  /// Wall-clock and CPU time of the training steps.
  public var seconds: Double?
  public var cpuSeconds: Double?
}

/// How fast one finished run trained.
public struct Throughput: Hashable, Sendable {
  public var run: Int64
  public var isDense: Bool
  /// C of the run.
  public var flops: Double
  /// Training FLOPs a second of CPU time, logits and router included; of wall-clock time where the
  /// trainer did not say.
  public var flopsPerSecond: Double
}

extension Registry {
  /// The finished runs of a study: those that its grids asked for, and those imported as one.
  /// Throws `.unknownStudy`.
  public func finishedRuns(study: String) async throws -> [FinishedRun] {
    try await read { database in
      let id = try database.study(named: study)
      return try Row.fetchAll(
        database,
        sql: """
          SELECT \(FinishedRun.columns)
          FROM run
          JOIN (
            SELECT grid_run.*, row_number() OVER (PARTITION BY run_id ORDER BY grid_id, position)
              AS age
            FROM grid_run JOIN grid ON grid.id = grid_run.grid_id
            WHERE grid.study_id = :study) AS asked
            ON asked.run_id = run.id AND asked.age = 1
          WHERE run.state = 'finished'
          ORDER BY run.id
          """, arguments: ["study": id]
      ).map { row in
        let point: String? = row["point"]
        return FinishedRun(row, point: try point.map(database.coordinates) ?? [])
      }
    }
  }

  /// The finished runs of one grid, in order of expansion.
  public func finishedRuns(grid: Int64) async throws -> [FinishedRun] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT \(FinishedRun.columns)
          FROM grid_run AS asked JOIN run ON run.id = asked.run_id
          WHERE asked.grid_id = ? AND run.state = 'finished'
          ORDER BY asked.position
          """, arguments: [grid]
      ).map { FinishedRun($0, point: try database.coordinates($0["point"])) }
    }
  }

  /// How fast the `limit` runs that finished last have trained, newest first.
  public func throughput(limit: Int = 100) async throws -> [Throughput] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, flops, spec ->> '$.architecture.experts' = 0 AS is_dense,
            3 * forward_flops_with_logits * tokens / coalesce(train_cpu_seconds, train_seconds)
              AS speed
          FROM run
          WHERE state = 'finished' AND source = 'trained'
            AND coalesce(train_cpu_seconds, train_seconds) > 0
          ORDER BY finished_at DESC
          LIMIT ?
          """, arguments: [limit]
      ).map {
        Throughput(
          run: $0["id"], isDense: $0["is_dense"], flops: $0["flops"], flopsPerSecond: $0["speed"])
      }
    }
  }
}

extension Database {
  /// The members of a JSON object in their order.
  fileprivate func coordinates(_ point: String) throws -> [NewRun.Coordinate] {
    try Row.fetchAll(
      cachedStatement(sql: "SELECT key, CAST(value AS TEXT) AS value FROM json_each(?)"),
      arguments: [point]
    ).map { NewRun.Coordinate(axis: $0["key"], value: $0["value"]) }
  }
}

extension FinishedRun {
  /// Of a run and of the grid's row that `asked` for it.
  fileprivate static let columns = """
    run.*, asked.family, asked.budget, asked.point,
    coalesce(run.spec ->> '$.architecture.experts' = 0, run.activation_ratio = 1,
      coalesce(run.extra ->> '$.experts', 1) <= 1) AS is_dense
    """

  fileprivate init(_ row: Row, point: [NewRun.Coordinate]) {
    self.init(
      id: row["id"], family: row["family"], point: point, budget: row["budget"],
      isDense: row["is_dense"], flops: row["flops"], flopsPerToken: row["flops_per_token"],
      parameters: row["parameters"], activeParameters: row["active_parameters"],
      tokens: row["tokens"], batchTokens: row["batch_tokens"],
      learningRate: row["learning_rate"], activationRatio: row["activation_ratio"],
      granularity: row["granularity"], sharedRatio: row["shared_ratio"], seed: row["seed"],
      loss: row["loss"], validationLoss: row["validation_loss"],
      bitsPerByte: row["bits_per_byte"], seconds: row["train_seconds"],
      cpuSeconds: row["train_cpu_seconds"])
  }
}
