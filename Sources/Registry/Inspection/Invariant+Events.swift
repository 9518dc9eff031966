extension Invariant {
  /// What holds of the event log.
  static let events = [
    Invariant(
      name: "lease-is-an-event",
      statement: "each lease is one event",
      query: """
        SELECT 'run ' || id FROM run
        LEFT JOIN (
          SELECT run_id, count(*) AS leases FROM event WHERE kind = 'run_leased' GROUP BY run_id)
          ON run_id = run.id
        WHERE epoch <> coalesce(leases, 0)
        """),
    Invariant(
      name: "result-is-an-event",
      statement: "a run that finished or diverged has said so once, and no other run has",
      query: """
        SELECT 'run ' || id FROM run
        LEFT JOIN (
          SELECT run_id, sum(kind = 'run_finished') AS finished, sum(kind = 'run_diverged') AS diverged
          FROM event WHERE kind IN ('run_finished', 'run_diverged') GROUP BY run_id)
          ON run_id = run.id
        WHERE source = 'trained'
          AND ((state = 'finished') <> coalesce(finished, 0)
            OR (state = 'diverged') <> coalesce(diverged, 0))
        """),
    Invariant(
      name: "law-is-an-event",
      statement: "each law is one event",
      query: """
        SELECT 'law ' || law.id FROM law
        LEFT JOIN (
          SELECT detail ->> '$.law' AS law, count(*) AS events FROM event
          WHERE kind = 'law_recorded' GROUP BY 1) AS told ON told.law = law.id
        WHERE coalesce(events, 0) <> 1
        """),
    Invariant(
      name: "events-name-what-is-there",
      statement: "an event's study, grid, run and worker exist",
      query: """
        SELECT 'event ' || sequence FROM event
        WHERE (study_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM study WHERE id = study_id))
          OR (grid_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM grid WHERE id = grid_id))
          OR (run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM run WHERE id = run_id))
          OR (worker_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM worker WHERE id = worker_id))
        """),
    Invariant(
      name: "lease-before-its-end",
      statement: "an attempt's lease is told before its end",
      query: """
        SELECT 'run ' || ended.run_id || ', epoch ' || ended.epoch
        FROM event AS ended
        JOIN (
          SELECT run_id, epoch, sequence FROM event WHERE kind = 'run_leased') AS leased
          ON leased.run_id = ended.run_id AND leased.epoch = ended.epoch
        WHERE ended.kind IN ('run_finished', 'run_diverged', 'run_lost')
          AND ended.sequence < leased.sequence
        """),
    Invariant(
      name: "webhook-behind-the-log",
      statement: "a webhook has not delivered events that never happened",
      query: """
        SELECT 'webhook ' || id FROM webhook
        WHERE sequence > (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event')
        """),
  ]
}
