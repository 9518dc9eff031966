import Wire

extension OpenAPI {
  /// What workers ask.
  static let workers: [APIOperation] = [
    APIOperation(
      method: .put, path: "/v1/workers/{id}", summary: "A worker introduces itself.",
      request: .json(
        WorkerRegistration.self,
        """
        {"id": "node7-1a2b3c4d", "host": "node7", "pid": 4711, "slots": 16, "version": "0.1.0",
         "offer": {"gpus": {"h100": 8}, "memory": 1099511627776, "nodes": 1, "labels": ["nvlink"],
                   "trainers": ["native", "pytorch"], "walltime_end": 1796169600000},
         "folder": {"id": "5C6A1D0E", "node": "node7/8e1f", "shared": true}}
        """),
      reply: .json(WorkerWelcome.self, #"{"lease_seconds": 30, "report_seconds": 10}"#)),
    APIOperation(
      method: .delete, path: "/v1/workers/{id}",
      summary: "A worker leaves; its leases return to the queue."),
    APIOperation(
      method: .post, path: "/v1/leases", summary: "A slot asks for a run.",
      request: .json(
        LeaseRequest.self,
        #"{"worker": "node7-1a2b3c4d", "request": "node7-1a2b3c4d/1/1", "wait_seconds": 20}"#),
      reply: .json(LeaseReply.self, "{\"lease\": \(lease)}")),
    APIOperation(
      method: .post, path: "/v1/reports",
      summary: "What a trainer said since the last report; the lease's heartbeat.",
      request: .json(
        Report.self,
        """
        {"run": 17, "epoch": 1, "sequence": 1, "events": [
          {"event": "started", "parameters": 4096, "active_parameters": 2048},
          {"event": "step", "step": 20, "tokens": 40960, "loss": 5.91}]}
        """),
      reply: .json(ReportReply.self, #"{"directive": "continue"}"#)),
    APIOperation(
      method: .post, path: "/v1/outcomes",
      summary: "How an attempt ended, with its last report, and the slot's next wish.",
      request: .json(
        OutcomeReport.self,
        """
        {"report": {"run": 17, "epoch": 1, "sequence": 2, "events": []},
         "outcome": {"outcome": "failed", "kind": "out_of_memory", "message": "CUDA out of memory"},
         "next": {"worker": "node7-1a2b3c4d", "request": "node7-1a2b3c4d/1/2", "wait_seconds": 0}}
        """),
      reply: .json(LeaseReply.self, "{\"lease\": \(lease)}")),
    APIOperation(
      method: .post, path: "/v1/checkpoints/expired",
      summary: "Which of a worker's checkpoints nothing will resume any more.",
      request: .json(
        KeptCheckpoints.self, #"{"runs": [{"run": 17, "spec_sha256": "9f86d081"}]}"#),
      reply: .json(ExpiredCheckpoints.self, #"{"runs": [17]}"#)),
    APIOperation(
      method: .get, path: "/v1/corpora/{sha256}",
      summary: "A corpus's manifest, byte for byte; ranges of bytes are served.",
      reply: .text("the manifest")),
    APIOperation(
      method: .get, path: "/v1/corpora/{sha256}/files/{name}",
      summary: "A file that the manifest names; ranges of bytes are served.",
      reply: .text("the file's bytes")),
  ]

  private static let lease = """
    {"run": 17, "epoch": 1, "earlier": [],
     "grant": {"cpus": 8, "gpus": 8, "gpu_type": "h100"}, "spec": \(spec)}
    """

  /// Of an MoE run.
  static let spec = """
    {"trainer": "pytorch",
     "architecture": {"layers": 8, "d_model": 512, "heads": 8, "kv_heads": 4, "d_ffn": 0,
       "d_expert": 256, "experts": 64, "top_k": 8, "shared_experts": 1, "dense_layers": 1,
       "vocab": 32768, "seq_len": 2048},
     "router": {"gate": "softmax_renormalised", "balance_coefficient": 0.01,
       "z_coefficient": 0.001, "bias_update": 0},
     "initialisation": "fan_in",
     "optimiser": {"learning_rate": 0.002, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8,
       "weight_decay": 0.1, "clip": 1},
     "schedule": {"warmup_fraction": 0.01, "decay_fraction": 0.2, "final_fraction": 0.1},
     "batch_sequences": 64, "steps": 4000, "corpus": {"name": "debian-mix", "sha256": "9f86d081"},
     "evaluation": {"count": 5, "sequences": 256}, "seed": 1}
    """
}
