import Logging
import ServiceLifecycle

/// Deletes what runs have left behind when it is older than the daemon's limits, once an hour.
struct RetentionService: Service {
  var retention: Retention
  var clock: WallClock
  var period = Duration.seconds(3600)
  var log: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      repeat {
        await self.clean()
        try? await Task.sleep(for: self.period)
      } while !Task.isCancelled
    }
  }

  private func clean() async {
    guard !retention.limits.isEmpty else { return }
    do {
      let expired = try await retention.expired(now: clock.now())
      let deleted = try await retention.delete(expired)
      guard !deleted.isEmpty else { return }
      log.notice(
        "deleted what ended runs have left",
        metadata: [
          "count": "\(deleted.count)", "bytes": "\(deleted.reduce(0) { $0 + $1.bytes })",
        ])
    } catch {
      log.error("cannot clean", metadata: ["error": "\(error)"])
    }
  }
}
