extension Invariant {
  /// What holds of laws and leverage.
  static let laws = [
    Invariant(
      name: "law-of-finished-runs",
      statement: "a law is fitted to runs that finished",
      query: """
        SELECT 'law ' || law_id || ', run ' || run_id
        FROM law_run JOIN run ON run.id = run_id WHERE run.state <> 'finished'
        """),
    Invariant(
      name: "law-has-runs",
      statement: "a law names the runs behind it",
      query: """
        SELECT 'law ' || id FROM law
        WHERE NOT EXISTS (SELECT 1 FROM law_run WHERE law_id = law.id)
        """),
    Invariant(
      name: "law-of-its-study",
      statement: "a law that was fitted to a grid is of that grid's study",
      query: """
        SELECT 'law ' || law.id FROM law JOIN grid ON grid.id = law.grid_id
        WHERE law.study_id <> grid.study_id
        """),
    Invariant(
      name: "leverage-of-finished-runs",
      statement: "leverage is of runs that finished, inside its interval",
      query: """
        SELECT 'law ' || law_id || ', run ' || run_id
        FROM leverage_estimate JOIN run ON run.id = run_id
        WHERE run.state <> 'finished' OR low > high
        """),
  ]
}
