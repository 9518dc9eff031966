/// How long to wait between tries: exponential back-off with full jitter, so that a thousand workers
/// do not come back in the same moment.
public struct Backoff: Hashable, Sendable {
  /// The longest first wait.
  public var base: Duration
  /// The longest wait of all.
  public var limit: Duration

  /// Doubles from `base` up to `limit`.
  public init(base: Duration = .milliseconds(250), limit: Duration = .seconds(15)) {
    self.base = base
    self.limit = limit
  }

  /// The wait after the `failures`-th failure in a row, from 1; `draw` is uniform in [0, 1).
  /// Between half of the exponential bound and all of it.
  public func delay(after failures: Int, draw: Double) -> Duration {
    let bound = min(limit, base * (1 << min(max(failures, 1) - 1, 20)))
    return bound * (0.5 + 0.5 * draw)
  }
}

/// Repeats a request that failed for a passing reason. Every request of the worker protocol may be
/// repeated: the daemon gives a repeat the same answer.
public struct Retry: Sendable {
  /// The waits.
  public var backoff: Backoff
  /// What the waits are slept on.
  public var clock: any Clock<Duration>
  /// The jitter: uniform in [0, 1).
  public var draw: @Sendable () -> Double

  /// By default the real clock and the system's randomness.
  public init(
    backoff: Backoff = Backoff(), clock: any Clock<Duration> = ContinuousClock(),
    draw: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.backoff = backoff
    self.clock = clock
    self.draw = draw
  }

  /// Calls `request` until it succeeds, fails for good, or the task is cancelled, and tells `failed`
  /// of each transient failure. It waits at least as long as the daemon asks it to. Throws the lasting failure, or `ClientError.cancelled`.
  public func callAsFunction<Value>(
    isolation: isolated (any Actor)? = #isolation,
    onFailure failed: (ClientError) -> Void = { _ in },
    _ request: () async throws(ClientError) -> Value
  ) async throws(ClientError) -> Value {
    var failures = 0
    while true {
      let asked: Duration
      do {
        return try await request()
      } catch  where error.isTransient {
        failures += 1
        asked = error.retryAfter ?? .zero
        failed(error)
      }
      do {
        try await clock.sleep(for: max(asked, backoff.delay(after: failures, draw: draw())))
      } catch {
        throw .cancelled
      }
    }
  }
}
