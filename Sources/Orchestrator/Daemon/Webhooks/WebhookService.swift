import Client
import Logging
import Registry
import ServiceLifecycle
import Synchronization

/// Tells webhooks of events. Level-triggered: what a hook has not been told of stands in the registry,
/// so whatever happens to this daemon, the next one goes on from there.
struct WebhookService: Service {
  var registry: Registry
  var clock: WallClock
  var settings: WebhookSettings
  /// Raised when something may be new.
  var news: Signal
  var deliveries: DaemonMetrics.Deliveries
  var log: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        let delivery = self.delivery
        let busy = Busy()
        while !Task.isCancelled {
          let seen = await self.news.count
          for hook in await self.due() where busy.take(hook.id) {
            // Each has a task of its own: a slow receiver holds up nobody else.
            group.addTask {
              await self.attempt(hook, delivery)
              busy.give(hook.id)
            }
          }
          await self.news.wait(after: seen, limit: self.settings.period)
        }
        group.cancelAll()
      }
    }
  }

  /// The hooks that are being delivered to.
  private final class Busy: Sendable {
    private let hooks = Mutex<Set<Int64>>([])

    /// Whether it was not taken.
    func take(_ hook: Int64) -> Bool { hooks.withLock { $0.insert(hook).inserted } }

    func give(_ hook: Int64) { hooks.withLock { _ = $0.remove(hook) } }
  }

  /// What delivers, also a test message.
  var delivery: WebhookDelivery {
    WebhookDelivery(
      registry: registry, clock: clock, settings: settings,
      client: WebClient(timeout: settings.timeout), deliveries: deliveries, log: log)
  }

  /// The hooks that are to be tried now.
  private func due() async -> [Webhook] {
    do {
      let now = clock.now()
      return try await registry.webhooks().filter { !$0.isSetAside && ($0.nextAt ?? now) <= now }
    } catch {
      if !Task.isCancelled { log.error("cannot read webhooks", metadata: ["error": "\(error)"]) }
      return []
    }
  }

  private func attempt(_ hook: Webhook, _ delivery: WebhookDelivery) async {
    do {
      try await delivery.deliver(hook)
    } catch {
      guard !Task.isCancelled else { return }
      log.error(
        "cannot deliver", metadata: ["webhook": "\(hook.id)", "error": "\(error)"])
    }
  }
}
