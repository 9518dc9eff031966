import Client
import Foundation
import Logging
import Registry
import Wire

/// Takes one webhook through the events that it has not been told of, in order, until it is told of
/// all or a receiver does not take one.
struct WebhookDelivery: Sendable {
  var registry: Registry
  var clock: WallClock
  var settings: WebhookSettings
  var client: WebClient
  var deliveries: DaemonMetrics.Deliveries
  var log: Logger

  /// Delivers what is new to `hook`.
  func deliver(_ hook: Webhook) async throws {
    var hook = hook
    while !Task.isCancelled {
      let events = try await registry.events(
        after: hook.sequence, kinds: hook.kinds, limit: Self.batch)
      guard !events.isEmpty else { return }
      for event in events {
        guard try await deliver(event, to: hook) else { return }
        (hook.sequence, hook.failures, hook.failingSince) = (event.sequence, 0, nil)
      }
    }
  }

  /// Posts a message; none is the answer when it was taken.
  func problem(posting message: WebhookMessage, to url: String) async throws -> WebhookAnswer {
    do {
      let reply = try await client.post(
        url, body: message.body, headers: message.headers(now: clock.now()))
      guard (200..<300).contains(reply.status) else {
        return WebhookAnswer(status: reply.status, problem: "HTTP \(reply.status)")
      }
      return WebhookAnswer(status: reply.status, problem: nil)
    } catch .cancelled {
      throw CancellationError()
    } catch .unreachable(_, let reason) {
      return WebhookAnswer(status: nil, problem: reason)
    }
  }

  /// Whether the receiver took the event; if not, when it is tried again is written down.
  private func deliver(_ event: RegistryEvent, to hook: Webhook) async throws -> Bool {
    let answer: WebhookAnswer
    do {
      let key = try hook.secretFile.map(WebhookMessage.key(in:))
      let message = try WebhookMessage(event, to: hook.id, key: key)
      answer = try await problem(posting: message, to: hook.url)
    } catch let error as APIError {
      answer = WebhookAnswer(status: nil, problem: error.message)
    }
    deliveries.count(taken: answer.problem == nil)
    guard let problem = answer.problem else {
      try await registry.delivered(webhook: hook.id, sequence: event.sequence, now: clock.now())
      return true
    }
    try await fail(hook, problem, isGone: answer.status == 410)
    return false
  }

  private func fail(_ hook: Webhook, _ problem: String, isGone: Bool) async throws {
    let now = clock.now()
    let age = now - (hook.failingSince ?? now)
    let isOver = isGone || age >= Int64(settings.patience.inSeconds * 1000)
    let wait = settings.backoff.delay(after: hook.failures + 1, draw: Double.random(in: 0..<1))
    try await registry.deliveryFailed(
      webhook: hook.id, at: hook.sequence, problem: problem,
      nextAt: isOver ? nil : now + Int64(wait.inSeconds * 1000), now: now)
    log.log(
      level: isOver ? .error : .warning, isOver ? "webhook set aside" : "webhook not delivered",
      metadata: [
        "webhook": "\(hook.id)", "problem": "\(problem)", "failures": "\(hook.failures + 1)",
      ])
  }

  /// Events that are read at once.
  private static let batch = 100
}

/// How webhooks are tried.
struct WebhookSettings: Sendable {
  /// The waits between tries at one event.
  var backoff = Backoff(base: .seconds(5), limit: .seconds(3600))
  /// How long a webhook may fail before it is set aside.
  var patience = Duration.seconds(3 * 86_400)
  /// How long a receiver may take to answer.
  var timeout = Duration.seconds(10)
  /// How often the event log is looked at.
  var period = Duration.seconds(1)
}
