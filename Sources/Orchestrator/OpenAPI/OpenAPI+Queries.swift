import Wire

extension OpenAPI {
  /// What people read.
  static let queries: [APIOperation] = [
    APIOperation(
      method: .get, path: "/v1/status", summary: "Every study at a glance.",
      reply: .json(
        Status.self,
        """
        {"studies": [{"study": "leverage", "grid": "activation-ratio", "grid_id": 3,
           "counts": {"queued": 40, "finished": 2}, "flops": 1.2e13, "flops_done": 6e11,
           "best_validation_loss": 3.91, "waits": []}],
         "workers": [{"id": "node7-1a2b3c4d", "host": "node7", "slots": 16,
           "seen_at": 1796169600000, "left": false, "runs": [17]}],
         "paused": [{"study": "old"}], "nodes": []}
        """)),
    APIOperation(
      method: .get, path: "/v1/runs", summary: "Runs, a row for each grid that asked for one.",
      query: [
        .init(name: "study", about: "only this study"),
        .init(name: "grid", about: "only this grid, by name"),
        .init(name: "family", about: "only this family"),
        .init(name: "state", about: "only runs in this state"),
        .init(name: "limit", about: "at most so many rows"),
        .init(name: "offset", about: "leave out so many rows first"),
      ], reply: .json([RunRow].self, "[\(row)]")),
    APIOperation(
      method: .get, path: "/v1/runs/{id}", summary: "Everything about one run but its curves.",
      reply: .json(
        RunDetail.self,
        """
        {"rows": [\(row)], "spec": \(spec),
         "attempts": [{"epoch": 1, "worker": "node7-1a2b3c4d", "leased_at": 1796160000000,
           "started_at": 1796160001000, "first_step": 0, "environment": {"isa": "avx512"}}],
         "metrics": [{"metric": "loss", "step": 20, "value": 5.91}], "warnings": []}
        """)),
    APIOperation(
      method: .get, path: "/v1/runs/{id}/series/{metric}", summary: "One metric over the steps.",
      reply: .json(
        Series.self,
        """
        {"run": 17, "metric": "loss", "steps": [20, 40], "tokens": [40960, null],
         "values": [5.91, 5.63]}
        """)),
    APIOperation(
      method: .get, path: "/v1/leverage", summary: "Efficiency leverage of each run.",
      query: [.init(name: "study", about: "only this study")],
      reply: .json(
        [LeverageRow].self,
        """
        [{"study": "leverage", "grid": "activation-ratio", "run": 17, "family": "moe",
          "budget": 3e11, "point": "A=1/8", "seed": 1, "A": 0.125, "G": 4, "S": 0.111, "C": 3e11,
          "loss": 3.9, "validation_loss": 3.91, "EL": 2.3, "EL_low": 2.1, "EL_high": 2.6,
          "extrapolated": false, "law": 5}]
        """)),
    APIOperation(
      method: .get, path: "/v1/laws", summary: "The newest law of each name.",
      query: [.init(name: "study", about: "only this study")],
      reply: .json([LawRow].self, "[\(law)]")),
    APIOperation(
      method: .get, path: "/v1/laws/{id}", summary: "One law, and the runs behind it.",
      reply: .json(LawReport.self, "{\"law\": \(law), \"runs\": [1, 2, 3]}")),
    APIOperation(
      method: .post, path: "/v1/sql", summary: "One reading statement over the registry.",
      request: .json(
        SQLQuery.self, #"{"query": "SELECT state, count(*) AS runs FROM runs GROUP BY state"}"#),
      reply: .json(
        Table.self,
        #"{"columns": ["state", "runs"], "rows": [["queued", 40]], "truncated": false}"#)),
  ]

  /// What models are measured by besides their loss.
  static let evaluations: [APIOperation] = [
    APIOperation(
      method: .post, path: "/v1/evaluations",
      summary: "Record what a suite says of a checkpoint of a run.",
      request: .json(EvaluationSubmission.self, "{\"spec_sha256\": \"9f86d081\", \(measured)}"),
      reply: .json(EvaluationReply.self, #"{"id": 3, "run": 17, "inserted": true}"#)),
    APIOperation(
      method: .get, path: "/v1/evaluations", summary: "What was recorded of runs.",
      query: [
        .init(name: "run", about: "A run; may come more than once."),
        .init(name: "study", about: "Of this study alone."),
        .init(name: "suite", about: "`sources` or `cloze`."),
        .init(name: "samples", about: "`true`: the values behind each score, too."),
      ],
      reply: .json(
        [EvaluationRow].self,
        """
        [{"id": 3, "run": 17, "study": "leverage", "created_at": 1796160000000, \(measured)}]
        """)),
  ]

  private static let measured = """
    "checkpoint_sha256": "60303ae2", "step": 588, "suite": "cloze", "suite_sha256": "fd61a03a",
     "corpus_sha256": "4d5db65d", "chance": 0.25, "environment": {"isa": "avx2"},
     "scores": [{"source": "all", "metric": "accuracy_per_byte", "value": 0.32, "low": 0.3,
       "high": 0.34, "count": 1884, "samples": 1884}]
    """

  private static let row = """
    {"id": 17, "study": "leverage", "grid": "activation-ratio", "family": "moe", "budget": 3e11,
     "point": "A=1/8", "seed": 1, "state": "leased", "A": 0.125, "G": 4, "S": 0.111, "M": 4.1e7,
     "D": 7317073, "C": 3e11, "step": 20, "steps": 4000, "loss": 5.91, "attempts": 1,
     "worker": "node7-1a2b3c4d"}
    """

  private static let law = """
    {"id": 5, "study": "leverage", "name": "dense-loss", "form": "power-law",
     "parameters": \(parameters), "warnings": [], "detail": \(detail), "runs": 3,
     "input_sha256": "9f86d081", "created_at": 1796160000000}
    """
}
