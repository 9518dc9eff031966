import GRDB

/// One metric of one attempt.
private struct SeriesKey {
  let run: Int64
  let epoch: Int
  let metric: String
}

/// How far a series is: what `latest_value` says of it, if it is this attempt's.
private struct SeriesEnd {
  var step: Int
  /// Points in chunks that are not sealed.
  var openPoints: Int
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
    let loss = SeriesKey(run: run, epoch: epoch, metric: "loss")
    let here = try end(of: loss)?.step ?? inheritedStep(of: loss) ?? 0
    for (metric, points) in batch.series.sorted(by: { $0.key < $1.key }) {
      let key = SeriesKey(run: run, epoch: epoch, metric: metric)
      let end = try end(of: key)
      var last = try end?.step ?? inheritedStep(of: key)
      var rising: [SeriesPoint] = []
      rising.reserveCapacity(points.count)
      for point in points {
        let step = point.step ?? here
        if let last, step <= last { continue }
        rising.append(SeriesPoint(step: step, tokens: point.tokens, value: point.value))
        last = step
      }
      try append(rising[...], to: key, openPoints: end?.openPoints ?? 0)
    }
  }

  /// Where a series of an attempt is, once it has a number.
  private func end(of key: SeriesKey) throws -> SeriesEnd? {
    let statement = try cachedStatement(
      sql: """
        SELECT step, open_points FROM latest_value WHERE run_id = ? AND metric = ? AND epoch = ?
        """)
    return try Row.fetchOne(statement, arguments: [key.run, key.metric, key.epoch]).map {
      SeriesEnd(step: $0[0], openPoints: $0[1])
    }
  }

  /// The step up to which a series is known before an attempt has a number of its own: by the numbers
  /// up to the checkpoint that it began from, as far as earlier attempts recorded them and no attempt
  /// between has taken their steps again. One that began from scratch on another node leaves nothing
  /// of those before it; what is then missing, a trainer that says it again fills in.
  private func inheritedStep(of key: SeriesKey) throws -> Int? {
    let inherited = try cachedStatement(
      sql: """
        SELECT min(first_step, (
          SELECT max(min(last_step, coalesce(superseded_after, last_step)))
          FROM (
            SELECT last_step, (
              SELECT min(first_step) FROM attempt AS later
              WHERE later.run_id = chunk.run_id
                AND later.epoch > chunk.epoch AND later.epoch < attempt.epoch
              ) AS superseded_after
            FROM loss_chunk AS chunk
            WHERE run_id = attempt.run_id AND metric = ? AND epoch < attempt.epoch)
          WHERE superseded_after IS NOT 0))
        FROM attempt WHERE run_id = ? AND epoch = ? AND first_step > 0
        """)
    return try Int.fetchOne(inherited, arguments: [key.metric, key.run, key.epoch])
  }

  private func append(
    _ points: ArraySlice<SeriesPoint>, to key: SeriesKey, openPoints: Int
  ) throws {
    guard let last = points.last else { return }
    var rest = points
    var openPoints = openPoints
    while openPoints + rest.count >= ChunkText.capacity {
      let part = rest.prefix(ChunkText.capacity - openPoints)
      try seal(key, with: part)
      rest = rest.dropFirst(part.count)
      openPoints = 0
    }
    if !rest.isEmpty { try insert(SeriesChunk(rest), to: key, sealed: false) }
    // Only the attempt that holds the lease gets here, so no older one comes after a newer.
    try cachedStatement(
      sql: """
        INSERT INTO latest_value (run_id, metric, epoch, step, tokens, value, open_points)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (run_id, metric) DO UPDATE SET
          epoch = excluded.epoch, step = excluded.step, tokens = excluded.tokens,
          value = excluded.value, open_points = excluded.open_points
        WHERE excluded.epoch >= epoch
        """
    ).execute(arguments: [
      key.run, key.metric, key.epoch, last.step, last.tokens, last.value, openPoints + rest.count,
    ])
  }

  /// Seals what is open of an attempt that has ended.
  func sealSeries(run: Int64, epoch: Int) throws {
    let metrics = try String.fetchAll(
      cachedStatement(
        sql: """
          SELECT metric FROM latest_value WHERE run_id = ? AND epoch = ? AND open_points > 0
          """), arguments: [run, epoch])
    guard !metrics.isEmpty else { return }
    for metric in metrics { try seal(SeriesKey(run: run, epoch: epoch, metric: metric)) }
    try cachedStatement(
      sql: "UPDATE latest_value SET open_points = 0 WHERE run_id = ? AND epoch = ?"
    ).execute(arguments: [run, epoch])
  }

  /// Makes one sealed chunk of the open ones and `points`.
  private func seal(_ key: SeriesKey, with points: ArraySlice<SeriesPoint> = []) throws {
    let place: StatementArguments = [key.run, key.metric, key.epoch]
    var chunks = try Row.fetchAll(
      cachedStatement(
        sql: """
          SELECT first_step, last_step, points, steps, tokens, "values" FROM loss_chunk
          WHERE run_id = ? AND metric = ? AND epoch = ? AND sealed = 0
          ORDER BY first_step
          """), arguments: place
    ).map(SeriesChunk.init)
    if !chunks.isEmpty {
      try cachedStatement(
        sql: """
          DELETE FROM loss_chunk WHERE run_id = ? AND metric = ? AND epoch = ? AND sealed = 0
          """
      ).execute(arguments: place)
    }
    if !points.isEmpty { chunks.append(SeriesChunk(points)) }
    try insert(SeriesChunk(joining: chunks), to: key, sealed: true)
  }

  private func insert(_ chunk: SeriesChunk, to key: SeriesKey, sealed: Bool) throws {
    try cachedStatement(
      sql: """
        INSERT INTO loss_chunk (
          run_id, metric, epoch, first_step, last_step, points, sealed, steps, tokens, "values")
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      key.run, key.metric, key.epoch, chunk.firstStep, chunk.lastStep, chunk.points, sealed,
      chunk.steps, chunk.tokens, chunk.values,
    ])
  }
}
