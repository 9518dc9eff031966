extension Invariant {
  /// What holds of the recorded numbers.
  static let series = [
    Invariant(
      name: "chunk-has-its-attempt",
      statement: "numbers are recorded under an attempt that has reported where it begins",
      query: """
        SELECT 'run ' || run_id || ', epoch ' || epoch || ', ' || metric
        FROM loss_chunk LEFT JOIN attempt USING (run_id, epoch)
        WHERE coalesce(sequence, 0) < 1 OR attempt.first_step IS NULL
        """),
    Invariant(
      name: "chunk-arrays-match",
      statement: "a chunk's three arrays are as long as it says", readsEveryPoint: true,
      query: """
        SELECT 'run ' || run_id || ', epoch ' || epoch || ', ' || metric || ' from ' || first_step
        FROM loss_chunk
        WHERE points <> json_array_length(steps) OR points <> json_array_length(tokens)
          OR points <> json_array_length("values")
        """),
    Invariant(
      name: "chunk-ends-match",
      statement: "a chunk's first and last step are those of its array", readsEveryPoint: true,
      query: """
        SELECT 'run ' || run_id || ', epoch ' || epoch || ', ' || metric || ' from ' || first_step
        FROM loss_chunk
        WHERE first_step <> steps ->> '$[0]' OR last_step <> steps ->> '$[#-1]'
        """),
    Invariant(
      name: "chunks-rise",
      statement: "the chunks of a series follow each other without overlap",
      query: """
        SELECT 'run ' || run_id || ', epoch ' || epoch || ', ' || metric || ' from ' || first_step
        FROM (
          SELECT *, lag(last_step) OVER (
            PARTITION BY run_id, metric, epoch ORDER BY first_step) AS before
          FROM loss_chunk)
        WHERE before >= first_step
        """),
    Invariant(
      name: "ended-is-sealed",
      statement: "an attempt that has ended leaves no chunk open",
      query: """
        SELECT 'run ' || run_id || ', epoch ' || epoch || ', ' || metric
        FROM loss_chunk JOIN attempt USING (run_id, epoch)
        WHERE ended_at IS NOT NULL AND sealed = 0
        """),
    Invariant(
      name: "step-stands-once",
      statement: "a curve has each step once, whichever attempts took it", readsEveryPoint: true,
      query: """
        SELECT 'run ' || run || ', ' || metric || ', step ' || step
        FROM metrics GROUP BY run, metric, step HAVING count(*) > 1
        """),
  ]
}
