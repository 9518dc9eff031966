import Wire

extension OpenAPI {
  /// What people hand in.
  static let submissions: [APIOperation] = [
    APIOperation(
      method: .post, path: "/v1/grids", summary: "Expand a grid file, and queue what is new.",
      request: .json(
        Submission.self,
        #"{"text": "study: s\ngrid: g\n", "file": "grid.yaml", "dry_run": false, "refresh": false}"#
      ),
      reply: .json(
        SubmissionReply.self,
        """
        {"study": "leverage", "grids": [{"grid": "activation-ratio", "grid_id": 3, "known": false,
          "revision": 1, "waits": [], "runs": [{"run": 17, "state": "queued", "family": "moe",
            "budget": 3e11, "point": "A=1/8", "shape": "8L d512 h8/4 e256 8of64+1", "A": 0.125,
            "G": 4, "S": 0.111, "M": 4.1e7, "M_error": 0.001, "D": 7317073, "N": 21000000,
            "N_active": 5200000, "learning_rate": 0.002, "batch_tokens": 131072, "seed": 1,
            "seconds": 1800, "flags": ["few_steps"]}]}]}
        """)),
    APIOperation(
      method: .post, path: "/v1/imports", summary: "Record runs that were trained elsewhere.",
      request: .json(
        ImportRequest.self,
        """
        {"source": {"study": "old", "grid": "table", "file": "runs.csv", "sha256": "9f86d081",
           "format": "csv", "mapping": {"loss": "lm_loss"}, "group": [], "keep": [],
           "conditions": [], "convention": "6N"},
         "runs": {"family": ["dense"], "point": ["{}"], "seed": [1], "numbers": {"loss": [2.41]},
           "extra": ["{}"]},
         "dry_run": true}
        """),
      reply: .json(ImportReply.self, #"{"runs": 1, "new": 1, "existing": 0}"#)),
    APIOperation(
      method: .post, path: "/v1/laws", summary: "Record a law that was fitted on demand.",
      request: .json(
        LawSubmission.self,
        """
        {"study": "leverage", "name": "dense-loss", "form": "power-law",
         "parameters": \(parameters), "warnings": [], "input_sha256": "9f86d081",
         "detail": \(detail), "runs": [1, 2, 3]}
        """),
      reply: .json(LawReply.self, #"{"id": 5, "inserted": true}"#)),
    APIOperation(
      method: .post, path: "/v1/cancel", summary: "End runs for good.",
      request: .json(CancelRequest.self, #"{"runs": [17], "grid": 3}"#),
      reply: .json(CancelReply.self, #"{"cancelled": [17]}"#)),
  ]

  static let parameters = """
    [{"name": "a", "value": 12.5, "low": 12.1, "high": 12.9}, {"name": "b", "value": -0.048}]
    """
  static let detail = """
    {"formula": "a·C^b", "ranges": {"C": {"lower": 1e11, "upper": 3e12}},
     "options": {"loss": "huber"}, "scores": {"rmse": 0.004}, "residuals": [{"run": 1, "value": 0.002}],
     "resamples": []}
    """
}
