import Wire

extension OpenAPI {
  /// What people do to the queue.
  static let queue: [APIOperation] = [
    APIOperation(
      method: .post, path: "/v1/pause", summary: "Lease no more runs of a study or a grid.",
      request: .json(PauseRequest.self, #"{"study": "leverage"}"#),
      reply: .json(PauseReply.self, #"{"paused": true, "changed": true}"#)),
    APIOperation(
      method: .post, path: "/v1/resume", summary: "Lease runs of a paused study or grid again.",
      request: .json(PauseRequest.self, #"{"grid": 3}"#),
      reply: .json(PauseReply.self, #"{"paused": false, "changed": true}"#)),
    APIOperation(
      method: .post, path: "/v1/retry",
      summary: "Put failed and cancelled runs back into the queue.",
      request: .json(RetryRequest.self, #"{"runs": [17], "grid": 3, "study": "leverage"}"#),
      reply: .json(RetryReply.self, #"{"requeued": [17]}"#)),
    APIOperation(
      method: .get, path: "/v1/studies/{study}", summary: "How a study shares the cluster.",
      reply: .json(StudyQueue.self, study)),
    APIOperation(
      method: .put, path: "/v1/studies/{study}", summary: "Change how a study shares the cluster.",
      request: .json(
        StudyChange.self,
        """
        {"priority": 1, "weight": 2, "max_concurrent": 64, "budget_flops": 3e20,
         "budget_gpu_hours": "none"}
        """),
      reply: .json(StudyQueue.self, study)),
    APIOperation(
      method: .get, path: "/v1/nodes", summary: "Hosts whose workers have failed lately.",
      reply: .json(
        [NodeStatus].self,
        """
        [{"host": "node7", "failures": 2, "run": 17, "reason": "No space left on device",
          "set_aside_until": 1796169600000}]
        """)),
    APIOperation(
      method: .post, path: "/v1/nodes/{host}/clear", summary: "Trust a host again.",
      reply: .json(ClearReply.self, #"{"cleared": true}"#)),
    APIOperation(
      method: .get, path: "/v1/runs/{id}/explanation", summary: "Why a run is not running.",
      reply: .json(Explanation.self, explanation)),
    APIOperation(
      method: .get, path: "/v1/grids/{id}/explanation",
      summary: "Why nothing of a grid is running.",
      reply: .json(
        GridExplanation.self,
        """
        {"grid": 3, "counts": {"queued": 40, "finished": 2}, "reasons": [], "next": \(explanation)}
        """)),
  ]

  private static let study = """
    {"study": "leverage", "paused": false, "priority": 1, "weight": 2, "max_concurrent": 64,
     "budget_flops": 3e20, "running": 12, "queued": 40, "spent_flops": 1.1e20,
     "in_flight_flops": 4e18, "spent_gpu_hours": 310.5, "share": 8100, "paused_grids": []}
    """

  private static let explanation = """
    {"run": 17, "state": "queued", "ready": [], "reasons": [
      {"reason": "no_fit", "message": "none of 2 workers has what it asks for", "workers": 2,
       "nearest": "node7-1a2b3c4d",
       "lacks": [{"resource": "gpus", "name": "h100", "asked": 8, "offered": 4}]}]}
    """
}
