import Logging
import Registry
import ServiceLifecycle

/// Puts runs whose lease has lapsed back into the queue, and says when one that had to wait may start.
/// Level-triggered: it looks at the registry
/// each time, so a missed look costs one period and nothing else.
struct Reaper: Service {
  var registry: Registry
  var clock: WallClock
  var period: Duration
  /// Raised when runs return to the queue.
  var queue: Signal
  var log: Logger

  func run() async throws {
    var looked = clock.now()
    for await _ in AsyncTimerSequence(period: period).cancelOnGracefulShutdown() {
      do {
        let now = clock.now()
        let lapsed = try await registry.reap(now: now)
        for run in lapsed {
          log.warning("lease lapsed", metadata: ["run": "\(run.run)", "state": "\(run.state)"])
        }
        let isDue = try await registry.becameDue(since: looked, now: now)
        looked = now
        if isDue || !lapsed.isEmpty { await queue.raise() }
        // Nothing else may be written while no run is leased.
        if registry.health != .writable { try await registry.probe(now: now) }
      } catch {
        log.error("cannot look for lapsed leases", metadata: ["error": "\(error)"])
      }
    }
  }
}

/// Ticks once a period until it is cancelled.
private struct AsyncTimerSequence: AsyncSequence {
  let period: Duration

  struct AsyncIterator: AsyncIteratorProtocol {
    let period: Duration

    mutating func next() async -> Void? {
      do {
        try await Task.sleep(for: period)
        return ()
      } catch {
        return nil
      }
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(period: period) }
}
