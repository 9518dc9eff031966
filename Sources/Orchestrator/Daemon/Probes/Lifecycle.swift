import ServiceLifecycle
import Synchronization

/// Whether the daemon goes on or is about to end.
final class Lifecycle: Sendable {
  private let stopping = Mutex(false)

  var isStopping: Bool { stopping.withLock { $0 } }

  func stop() { stopping.withLock { $0 = true } }
}

/// Ends what waits when the daemon is asked to leave. It is the last of the services and so the first
/// to hear of it: long polls are answered at once, and the server can finish.
struct Closing: Service {
  var lifecycle: Lifecycle
  /// What long polls wait for.
  var queue: Signal

  func run() async throws {
    try await gracefulShutdown()
    lifecycle.stop()
    await queue.raise()
  }
}
