extension Invariant {
  /// What holds between a run and its attempts.
  static let runs = [
    Invariant(
      name: "leased-has-its-attempt",
      statement: "a leased run has one open attempt, of its epoch and its worker",
      query: """
        SELECT 'run ' || id FROM run WHERE (state = 'leased') <> (
          SELECT count(*) FROM attempt
          WHERE run_id = run.id AND epoch = run.epoch AND ended_at IS NULL
            AND worker_id = run.worker_id)
        """),
    Invariant(
      name: "epochs-contiguous",
      statement: "a run's attempts are of the epochs 1 to its own",
      query: """
        SELECT 'run ' || id FROM run
        WHERE epoch <> (SELECT count(*) FROM attempt WHERE run_id = run.id)
          OR epoch <> (SELECT coalesce(max(epoch), 0) FROM attempt WHERE run_id = run.id)
        """),
    Invariant(
      name: "finished-once",
      statement: "a finished run has one finished attempt, and no other run has one",
      query: """
        SELECT 'run ' || id FROM run WHERE (state = 'finished' AND source = 'trained') <> (
          SELECT count(*) FROM attempt WHERE run_id = run.id AND outcome = 'finished')
        """),
    Invariant(
      name: "diverged-once",
      statement: "a diverged run has one diverged attempt, and no other run has one",
      query: """
        SELECT 'run ' || id FROM run WHERE (state = 'diverged') <> (
          SELECT count(*) FROM attempt WHERE run_id = run.id AND outcome = 'diverged')
        """),
    Invariant(
      name: "imported-never-ran",
      statement: "an imported run has no attempt",
      query: """
        SELECT 'run ' || id FROM run
        WHERE source = 'imported'
          AND EXISTS (SELECT 1 FROM attempt WHERE run_id = run.id)
        """),
    Invariant(
      name: "spec-digest",
      statement: "a run is named by its spec's digest",
      query: """
        SELECT 'run ' || id FROM run
        WHERE spec IS NOT NULL AND spec_sha256 <> sha256(spec)
        """),
    Invariant(
      name: "spec-implies-columns",
      statement: "a run's seed and FLOPs are what its spec implies",
      query: """
        SELECT 'run ' || id FROM run
        WHERE source = 'trained'
          AND ((seed <> spec ->> '$.seed' AND seed >= 0)
            OR abs(flops - flops_per_token * tokens) > 1e-9 * flops)
        """),
  ]

  /// What holds between the attempts of a run.
  static let attempts = [
    Invariant(
      name: "only-last-attempt-open",
      statement: "no attempt but a run's last is open",
      query: """
        SELECT 'run ' || run_id || ', epoch ' || attempt.epoch
        FROM attempt JOIN run ON run.id = run_id
        WHERE attempt.epoch < run.epoch AND ended_at IS NULL
        """),
    Invariant(
      name: "result-of-the-last-attempt",
      statement: "what finished, diverged or failed a run is its last attempt",
      query: """
        SELECT 'run ' || id FROM run
        JOIN attempt ON attempt.run_id = run.id AND attempt.epoch = run.epoch
        WHERE (state IN ('finished', 'diverged') AND outcome <> state)
          OR (state = 'failed' AND outcome NOT IN ('failed', 'lost'))
        """),
  ]
}
