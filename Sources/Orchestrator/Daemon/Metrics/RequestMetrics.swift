import Hummingbird
import Logging
import Registry
import Synchronization

/// How many requests each route has answered, with which status, and how long that took.
final class RequestMetrics: Sendable {
  struct Route: Hashable {
    var method: String
    /// The route's pattern, as `/v1/runs/{id}`; what no route matches is `unmatched`.
    var path: String
  }

  struct Tally {
    var statuses: [Int: Int] = [:]
    let durations = Durations()
  }

  private let routes = Mutex<[Route: Tally]>([:])
  private let inFlight = Atomic(0)

  /// Counts a request that has arrived, until `ended`.
  func began() { inFlight.add(1, ordering: .relaxed) }

  func ended() { inFlight.subtract(1, ordering: .relaxed) }

  func record(_ route: Route, status: Int, took duration: Duration) {
    let durations = routes.withLock { routes in
      routes[route, default: Tally()].statuses[status, default: 0] += 1
      return routes[route]!.durations
    }
    durations.record(duration)
  }

  /// Requests by route and status, their durations by route, and those that wait for their answer.
  var families: [MetricFamily] {
    let waiting = MetricFamily(
      "orchestrator_http_requests_in_flight", .gauge,
      "Requests that are being answered, long polls and this one included.",
      Double(inFlight.load(ordering: .relaxed)))
    var requests = MetricFamily(
      "orchestrator_http_requests_total", .counter, "Requests answered, by route and status.")
    var durations = MetricFamily(
      "orchestrator_http_request_duration_seconds", .histogram,
      "Time to answer a request; a lease request may wait for a run.")
    let sorted = routes.withLock { $0 }.sorted {
      ($0.key.path, $0.key.method) < ($1.key.path, $1.key.method)
    }
    for (route, tally) in sorted {
      for (status, count) in tally.statuses.sorted(by: { $0.key < $1.key }) {
        requests.add(
          Double(count), ("method", route.method), ("route", route.path), ("status", "\(status)"))
      }
      durations.add(
        tally.durations.snapshot, ("method", route.method), ("route", route.path))
    }
    return [waiting, requests, durations]
  }
}

/// Counts and times every request, gives it an id that the caller gets back and every log line about
/// it has, and logs it.
struct RequestMiddleware: RouterMiddleware {
  var metrics: RequestMetrics

  func handle(
    _ request: Request, context: DaemonContext,
    next: (Request, DaemonContext) async throws -> Response
  ) async throws -> Response {
    let started = ContinuousClock.now
    metrics.began()
    defer { metrics.ended() }
    // Refusals are replies by now: what still throws has lost its connection.
    var response = try await next(request, context)
    let took = ContinuousClock.now - started
    let route = RequestMetrics.Route(
      method: request.method.rawValue, path: context.route ?? "unmatched")
    metrics.record(route, status: Int(response.status.code), took: took)
    response.headers[.init("X-Request-Id")!] = context.id
    context.logger.info(
      "request",
      metadata: [
        "method": "\(route.method)", "route": "\(route.path)",
        "status": "\(response.status.code)", "seconds": "\(took.inSeconds)",
      ])
    return response
  }
}
