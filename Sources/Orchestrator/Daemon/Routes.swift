import Foundation
import Hummingbird
import Registry
import Wire

/// The daemon's HTTP interface, version 1; `docs/http.md` describes it.
enum Routes {
  static func router(
    _ desk: Desk, metrics: DaemonMetrics, webhooks: WebhookService
  ) -> Router<DaemonContext> {
    let router = Router(context: DaemonContext.self)
    router.add(middleware: RequestMiddleware(metrics: metrics.requests))
    router.add(middleware: RefusalMiddleware())
    router.add(
      middleware: Gate(
        registry: desk.registry, clock: desk.clock, tokens: desk.tokens,
        requiresTokens: desk.settings.requiresTokens))
    Probes(registry: desk.registry, lifecycle: desk.lifecycle, metrics: metrics)
      .addRoutes(to: router)
    let version = router.group("/v1")
    version.get("/openapi.json") { _, _ in try OpenAPI.response() }
    addWorkerRoutes(to: version, desk)
    addCorpusRoutes(to: version, data: desk.settings.data)
    addSubmissionRoutes(to: version, desk)
    addQueueRoutes(to: version, desk)
    addTokenRoutes(to: version, desk)
    addQueryRoutes(to: version, RegistryAnswers(registry: desk.registry))
    addEvaluationRoutes(to: version, desk)
    WebhookDesk(service: webhooks).addRoutes(to: version)
    return router
  }

  private static func addWorkerRoutes(to group: RouterGroup<DaemonContext>, _ desk: Desk) {
    group.put("/workers/:id") { request, _ in
      let worker = try await JSONBody.decode(WorkerRegistration.self, from: request)
      return try JSONBody.response(try await desk.register(worker))
    }
    group.delete("/workers/:id") { _, context in
      try await desk.goodbye(try context.parameters.require("id"))
      return Response(status: .noContent)
    }
    group.post("/leases") { request, _ in
      var request = request
      let wish = try await JSONBody.decode(LeaseRequest.self, collecting: &request)
      guard wish.waitSeconds > 0 else {
        return JSONBody.response(text: try StoredLease.reply(try await desk.lease(wish)))
      }
      do {
        // Whoever hangs up while it waits must not be leased a run. It costs the connection.
        let lease = try await request.body.consumeWithCancellationOnInboundClose { _ in
          try await desk.lease(wish)
        }
        return JSONBody.response(text: try StoredLease.reply(lease))
      } catch is CancellationError {
        throw APIError(.unavailable, "who asked has gone")
      }
    }
    group.post("/reports") { request, _ in
      let report = try await JSONBody.decode(Report.self, from: request)
      return try JSONBody.response(try await desk.report(report))
    }
    group.post("/outcomes") { request, _ in
      let outcome = try await JSONBody.decode(OutcomeReport.self, from: request)
      return JSONBody.response(text: try StoredLease.reply(try await desk.outcome(outcome)))
    }
    group.post("/checkpoints/expired") { request, _ in
      let kept = try await JSONBody.decode(KeptCheckpoints.self, from: request)
      return try JSONBody.response(try await desk.expired(kept))
    }
  }

  private static func addSubmissionRoutes(
    to group: RouterGroup<DaemonContext>, _ desk: Desk
  ) {
    group.post("/grids") { request, _ in
      let submission = try await JSONBody.decode(Submission.self, from: request)
      return try JSONBody.response(try await desk.submit(submission))
    }
    group.post("/imports") { request, _ in
      let runs = try await JSONBody.decode(
        ImportRequest.self, from: request, limit: JSONBody.importLimit)
      return try JSONBody.response(try await desk.importRuns(runs))
    }
    group.post("/laws") { request, _ in
      let law = try await JSONBody.decode(LawSubmission.self, from: request)
      return try JSONBody.response(try await desk.record(law))
    }
    group.post("/cancel") { request, _ in
      let cancel = try await JSONBody.decode(CancelRequest.self, from: request)
      return try JSONBody.response(try await desk.cancel(cancel))
    }
  }

  private static func addQueryRoutes(
    to group: RouterGroup<DaemonContext>, _ answers: RegistryAnswers
  ) {
    group.get("/status") { _, _ in
      try JSONBody.response(try await answers.status())
    }
    group.get("/runs") { request, _ in
      let filter = try RunFilter(
        query: request.uri.queryParameters.map { (String($0.key), String($0.value)) })
      return try JSONBody.response(try await answers.runs(filter))
    }
    group.get("/runs/:id") { _, context in
      let id = try context.parameters.require("id", as: Int64.self)
      return try JSONBody.response(try await answers.run(id))
    }
    group.get("/runs/:id/series/:metric") { _, context in
      let id = try context.parameters.require("id", as: Int64.self)
      let metric = try context.parameters.require("metric")
      return try JSONBody.response(try await answers.series(run: id, metric: metric))
    }
    group.get("/leverage") { request, _ in
      let study = request.uri.queryParameters["study"].map(String.init)
      return try JSONBody.response(try await answers.leverage(study: study))
    }
    group.get("/laws") { request, _ in
      let study = request.uri.queryParameters["study"].map(String.init)
      return try JSONBody.response(try await answers.laws(study: study))
    }
    group.get("/laws/:id") { _, context in
      let id = try context.parameters.require("id", as: Int64.self)
      return try JSONBody.response(try await answers.law(id))
    }
    group.post("/sql") { request, _ in
      let query = try await JSONBody.decode(SQLQuery.self, from: request)
      return try JSONBody.response(try await answers.sql(query.query))
    }
  }
}
