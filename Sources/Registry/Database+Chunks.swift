import GRDB

extension SeriesPoint {
  /// The points of a row of `loss_chunk`. Throws `.unreadable`.
  static func points(_ row: Row) throws -> [SeriesPoint] {
    let steps = try ChunkText.integers(row["steps"])
    let tokens = try ChunkText.optionalIntegers(row["tokens"])
    let values = try ChunkText.doubles(row["values"])
    guard steps.count == tokens.count, steps.count == values.count else {
      throw RegistryError.unreadable("chunk whose arrays differ in length")
    }
    return steps.indices.map {
      SeriesPoint(step: steps[$0], tokens: tokens[$0], value: values[$0])
    }
  }
}

extension Database {
  /// Adds what a report measured to the series of an attempt.
  ///
  /// A series rises strictly: an attempt takes each step once, so of two numbers for one step the
  /// first stays.
  func record(_ batch: PointBatch, run: Int64, epoch: Int) throws {
    guard !batch.series.isEmpty else { return }
    // A trainer that has not said where it begins begins from scratch, and what an earlier attempt
    // measured no longer counts.
    try cachedStatement(
      sql: "UPDATE attempt SET first_step = 0 WHERE run_id = ? AND epoch = ? AND first_step IS NULL"
    ).execute(arguments: [run, epoch])
    let here = try lastStep(run: run, epoch: epoch, metric: "loss") ?? 0
    for (metric, points) in batch.series.sorted(by: { $0.key < $1.key }) {
      var last = try lastStep(run: run, epoch: epoch, metric: metric)
      var rising: [SeriesPoint] = []
      for point in points {
        let step = point.step ?? here
        if let last, step <= last { continue }
        rising.append(SeriesPoint(step: step, tokens: point.tokens, value: point.value))
        last = step
      }
      try append(rising, run: run, epoch: epoch, metric: metric)
    }
  }

  /// The step up to which a series of an attempt is known: by its own last number or, before it has
  /// one, by the numbers up to the checkpoint that it began from, which earlier attempts recorded.
  private func lastStep(run: Int64, epoch: Int, metric: String) throws -> Int? {
    let own = try cachedStatement(
      sql: """
        SELECT last_step FROM loss_chunk WHERE run_id = ? AND metric = ? AND epoch = ?
        ORDER BY first_step DESC LIMIT 1
        """)
    if let step = try Int.fetchOne(own, arguments: [run, metric, epoch]) { return step }
    let inherited = try cachedStatement(
      sql: """
        SELECT min(first_step, (
          SELECT max(last_step) FROM loss_chunk
          WHERE run_id = attempt.run_id AND metric = ? AND epoch < attempt.epoch))
        FROM attempt WHERE run_id = ? AND epoch = ? AND first_step > 0
        """)
    return try Int.fetchOne(inherited, arguments: [metric, run, epoch])
  }

  private func append(
    _ points: [SeriesPoint], run: Int64, epoch: Int, metric: String
  ) throws {
    guard !points.isEmpty else { return }
    let statement = try cachedStatement(
      sql: """
        SELECT coalesce(sum(points), 0) FROM loss_chunk
        WHERE run_id = ? AND metric = ? AND epoch = ? AND sealed = 0
        """)
    let open = try Int.fetchOne(statement, arguments: [run, metric, epoch]) ?? 0
    guard open + points.count >= ChunkText.capacity else {
      return try insert(points, run: run, epoch: epoch, metric: metric, sealed: false)
    }
    var rest = try takeOpenPoints(run: run, epoch: epoch, metric: metric) + points
    while rest.count >= ChunkText.capacity {
      try insert(
        Array(rest.prefix(ChunkText.capacity)), run: run, epoch: epoch, metric: metric,
        sealed: true)
      rest.removeFirst(ChunkText.capacity)
    }
    try insert(rest, run: run, epoch: epoch, metric: metric, sealed: false)
  }

  /// Seals what is open of an attempt that has ended.
  func sealSeries(run: Int64, epoch: Int) throws {
    let metrics = try String.fetchAll(
      cachedStatement(
        sql: """
          SELECT DISTINCT metric FROM loss_chunk WHERE run_id = ? AND epoch = ? AND sealed = 0
          """), arguments: [run, epoch])
    for metric in metrics {
      let points = try takeOpenPoints(run: run, epoch: epoch, metric: metric)
      try insert(points, run: run, epoch: epoch, metric: metric, sealed: true)
    }
  }

  /// Removes the open chunks of a series and returns what they held.
  private func takeOpenPoints(run: Int64, epoch: Int, metric: String) throws -> [SeriesPoint] {
    let key: StatementArguments = [run, metric, epoch]
    let points = try Row.fetchAll(
      cachedStatement(
        sql: """
          SELECT steps, tokens, "values" FROM loss_chunk
          WHERE run_id = ? AND metric = ? AND epoch = ? AND sealed = 0
          ORDER BY first_step
          """), arguments: key
    ).flatMap(SeriesPoint.points)
    try cachedStatement(
      sql: """
        DELETE FROM loss_chunk WHERE run_id = ? AND metric = ? AND epoch = ? AND sealed = 0
        """
    ).execute(arguments: key)
    return points
  }

  private func insert(
    _ points: [SeriesPoint], run: Int64, epoch: Int, metric: String, sealed: Bool
  ) throws {
    guard let first = points.first, let last = points.last else { return }
    try cachedStatement(
      sql: """
        INSERT INTO loss_chunk (
          run_id, metric, epoch, first_step, last_step, points, sealed, steps, tokens, "values")
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      run, metric, epoch, first.step, last.step, points.count, sealed,
      ChunkText.encode(points.map(\.step)), ChunkText.encode(points.map(\.tokens)),
      ChunkText.encode(points.map(\.value)),
    ])
  }
}
