import Client
import Logging
import Synchronization
import Wire

/// The daemon as the slots see it: asked until it answers, and a trouble that lasts is told to the
/// log once, not at each try.
final class DaemonLink: Sendable {
  let retry: Retry
  let log: Logger
  private let client: DaemonClient
  private let trouble = Mutex<String?>(nil)

  init(client: DaemonClient, retry: Retry, log: Logger) {
    self.client = client
    self.retry = retry
    self.log = log
  }

  /// Repeats a request while it fails for a passing reason. Throws the daemon's refusal, or
  /// `cancelled`.
  func ask<Value>(
    _ request: (DaemonClient) async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value {
    try await retry { () async throws(ClientError) -> Value in try await self.askOnce(request) }
  }

  /// Makes a request once.
  func askOnce<Value>(
    _ request: (DaemonClient) async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value {
    do {
      let value = try await request(client)
      clear()
      return value
    } catch {
      note(error)
      throw error
    }
  }

  /// Waits as long as the longest pause between tries; false when the task was cancelled.
  func pause() async -> Bool {
    (try? await retry.clock.sleep(for: retry.backoff.delay(after: .max, draw: retry.draw()))) != nil
  }

  private func note(_ error: ClientError) {
    if error == .cancelled { return }
    if case .api(let refusal) = error, [.leaseLost, .notFound].contains(refusal.code) { return }
    let text = error.description
    let isNews = trouble.withLock { trouble in
      defer { trouble = text }
      return trouble != text
    }
    if isNews { log.warning("\(text)") }
  }

  private func clear() {
    let wasTroubled = trouble.withLock { trouble in
      defer { trouble = nil }
      return trouble != nil
    }
    if wasTroubled { log.notice("the daemon answers again") }
  }
}
