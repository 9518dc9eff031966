import Wire

extension OpenAPI {
  /// What whoever runs the daemon asks of it: whether it is well, who may use it, whom it tells.
  static let service: [APIOperation] = [
    APIOperation(
      method: .get, path: "/healthz", summary: "Whether the daemon answers.", reply: .text("ok\n")),
    APIOperation(
      method: .get, path: "/readyz", summary: "Whether it can do its work; 503 when not.",
      reply: .json(Readiness.self, #"{"ready": true}"#)),
    APIOperation(
      method: .get, path: "/metrics", summary: "Prometheus's text format.",
      reply: .text("# TYPE orchestrator_ready gauge\norchestrator_ready 1\n")),
    APIOperation(
      method: .get, path: "/v1/openapi.json", summary: "This document.",
      reply: .text("the document")),
  ]

  /// Who may use the daemon.
  static let tokens: [APIOperation] = [
    APIOperation(
      method: .get, path: "/v1/tokens", summary: "Every token, without its secret.",
      reply: .json([TokenRow].self, "[\(token)]")),
    APIOperation(
      method: .post, path: "/v1/tokens", summary: "Make a token; its secret is shown this once.",
      request: .json(
        TokenRequest.self, #"{"name": "node7", "role": "worker", "expires_seconds": 7776000}"#),
      reply: .json(NewToken.self, #"{"token": "orch_…", "row": \#(token)}"#)),
    APIOperation(
      method: .delete, path: "/v1/tokens/{name}", summary: "Refuse a token from now on."),
  ]

  /// Whom the daemon tells of events.
  static let webhooks: [APIOperation] = [
    APIOperation(
      method: .get, path: "/v1/webhooks", summary: "Every webhook, and where it stands.",
      reply: .json([WebhookRow].self, "[\(webhook)]")),
    APIOperation(
      method: .post, path: "/v1/webhooks", summary: "Tell an address of events.",
      request: .json(
        WebhookRequest.self,
        """
        {"url": "https://chat.example.org/hooks/1", "events": ["run.failed", "grid.settled"],
         "secret_file": "/etc/orchestrator/webhook.key"}
        """),
      reply: .json(WebhookRow.self, webhook)),
    APIOperation(
      method: .delete, path: "/v1/webhooks/{id}", summary: "Tell it nothing more."),
    APIOperation(
      method: .post, path: "/v1/webhooks/{id}/resume",
      summary: "Try again at once, from where it stood.", reply: .json(WebhookRow.self, webhook)),
    APIOperation(
      method: .post, path: "/v1/webhooks/{id}/test", summary: "Send a message about nothing.",
      reply: .json(WebhookAnswer.self, #"{"status": 200}"#)),
  ]

  private static let token = """
    {"name": "node7", "role": "worker", "created_at": 1796160000000,
     "expires_at": 1803936000000, "used_at": 1796160060000}
    """

  private static let webhook = """
    {"id": 1, "place": "https://chat.example.org", "events": ["run.failed", "grid.settled"],
     "signed": true, "state": "delivering", "delivered": 17, "delivered_at": 1796160060000,
     "failures": 0}
    """
}
