import GRDB
public import Wire

extension Registry {
  /// One metric of one run over its steps, as the view `metrics` has it: without the steps that a
  /// later attempt took again. Throws `.unknownRun`; a metric without numbers is empty.
  public func series(run: Int64, metric: String) async throws -> Series {
    try await read { database in
      guard
        try Bool.fetchOne(database, sql: "SELECT 1 FROM run WHERE id = ?", arguments: [run])
          != nil
      else { throw RegistryError.unknownRun(run) }
      // Read here rather than by the view, which looks each point up in its array.
      let chunks = try Row.fetchAll(
        database,
        sql: """
          SELECT steps, tokens, "values", (
            SELECT min(first_step) FROM attempt AS later
            WHERE later.run_id = loss_chunk.run_id AND later.epoch > loss_chunk.epoch
            ) AS superseded_after
          FROM loss_chunk
          WHERE run_id = ? AND metric = ?
          ORDER BY epoch, first_step
          """, arguments: [run, metric])
      let points = try chunks.flatMap { chunk in
        let end = (chunk["superseded_after"] as Int?) ?? Int.max
        // What began from scratch counts no step of an earlier attempt, not even the one before
        // training.
        return end == 0 ? [] : try SeriesPoint.points(chunk).filter { $0.step <= end }
      }
      return Series(
        run: run, metric: metric, steps: points.map(\.step), tokens: points.map(\.tokens),
        values: points.map(\.value))
    }
  }
}
