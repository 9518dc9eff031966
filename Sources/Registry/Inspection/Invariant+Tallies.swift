extension Invariant {
  /// What holds of the sums and last values that are kept beside what they are made of.
  static let tallies = [
    Invariant(
      name: "tally-counts",
      statement: "a grid's tally is what counting its runs comes to",
      query: """
        WITH counted AS (
          SELECT grid_id, state, count(*) AS runs, min(validation_loss) AS best
          FROM grid_run JOIN run ON run.id = run_id GROUP BY 1, 2),
        kept AS (
          SELECT grid_id, state, runs, iif(state = 'finished', best_validation_loss, NULL) AS best
          FROM grid_tally WHERE runs <> 0),
        difference AS (
          SELECT * FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept)
          UNION ALL SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted))
        SELECT DISTINCT 'grid ' || grid_id || ', ' || state FROM difference
        """),
    Invariant(
      name: "tally-flops",
      statement: "a tally's FLOPs are the sum of its runs'",
      query: """
        SELECT 'grid ' || grid_id || ', ' || state
        FROM grid_tally AS tally WHERE abs(flops - (
          SELECT coalesce(sum(run.flops), 0.0) FROM grid_run JOIN run ON run.id = run_id
          WHERE grid_id = tally.grid_id AND state = tally.state)) > 1e-9 * abs(flops)
        """),
    Invariant(
      name: "latest-value",
      statement: "the latest value is the last of the newest attempt that measured any",
      query: """
        SELECT 'run ' || run_id || ', ' || metric FROM (
          SELECT run_id, metric, epoch, step, value, open_points FROM latest_value
          EXCEPT
          SELECT run_id, metric, epoch, last_step, json_extract("values", '$[#-1]'), (
            SELECT coalesce(sum(points), 0) FROM loss_chunk AS open
            WHERE (open.run_id, open.metric, open.epoch) = (
              newest.run_id, newest.metric, newest.epoch) AND sealed = 0)
          FROM loss_chunk AS newest WHERE (epoch, first_step) = (
            SELECT epoch, first_step FROM loss_chunk
            WHERE run_id = newest.run_id AND metric = newest.metric
            ORDER BY epoch DESC, first_step DESC LIMIT 1))
        """),
    Invariant(
      name: "latest-value-is-there",
      statement: "a series that has a point has a latest value",
      query: """
        SELECT 'run ' || run_id || ', ' || metric FROM (
          SELECT run_id, metric FROM loss_chunk EXCEPT SELECT run_id, metric FROM latest_value)
        """),
  ]
}
