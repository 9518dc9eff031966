extension Invariant {
  /// What holds of grids.
  static let grids = [
    Invariant(
      name: "blocked-has-no-runs",
      statement: "a grid that waits for laws has no runs, and knows what it waits for",
      query: """
        SELECT 'grid ' || id FROM grid
        WHERE state = 'blocked'
          AND (EXISTS (SELECT 1 FROM grid_run WHERE grid_id = grid.id)
            OR NOT EXISTS (SELECT 1 FROM grid_wait WHERE grid_id = grid.id))
        """),
    Invariant(
      name: "expansion-complete",
      statement: "an open grid has runs, at the positions 0, 1, 2 and on",
      query: """
        SELECT 'grid ' || id FROM grid
        LEFT JOIN (
          SELECT grid_id, count(*) AS runs, max(position) AS last FROM grid_run GROUP BY grid_id)
          ON grid_id = grid.id
        WHERE state = 'open' AND coalesce(runs, 0) <> coalesce(last, 0) + 1
        """),
    Invariant(
      name: "grid-digest",
      statement: "a grid that waits for no law is named by its source's digest",
      query: """
        SELECT 'grid ' || id FROM grid
        WHERE source_sha256 <> sha256(source)
          AND NOT EXISTS (SELECT 1 FROM grid_wait WHERE grid_id = grid.id)
        """),
    Invariant(
      name: "waits-for-earlier",
      statement: "a grid waits for earlier grids only",
      query: "SELECT 'grid ' || grid_id FROM grid_wait WHERE source_id >= grid_id"),
    Invariant(
      name: "settled-has-ended",
      statement: "no run of a settled grid was still to be trained when it was settled",
      query: """
        SELECT 'grid ' || grid.id || ', run ' || run.id
        FROM grid
        JOIN grid_run ON grid_run.grid_id = grid.id
        JOIN run ON run.id = grid_run.run_id
        LEFT JOIN (
          SELECT run_id, min(at) AS at FROM event
          WHERE kind IN ('run_finished', 'run_diverged', 'run_failed', 'run_cancelled')
          GROUP BY run_id) AS ended ON ended.run_id = run.id
        WHERE grid.settled_at IS NOT NULL AND run.source = 'trained'
          AND coalesce(ended.at > grid.settled_at, true)
        """),
    Invariant(
      name: "run-has-a-grid",
      statement: "every run was asked for by a grid",
      query: """
        SELECT 'run ' || id FROM run
        WHERE NOT EXISTS (SELECT 1 FROM grid_run WHERE run_id = run.id)
        """),
  ]
}
