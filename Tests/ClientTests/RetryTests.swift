import Synchronization
import Testing
import Wire

@testable import Client

/// A clock whose sleeps end at once and are remembered.
private final class InstantClock: Clock, Sendable {
  let slept = Mutex<[Duration]>([])
  private let clock = ContinuousClock()
  var now: ContinuousClock.Instant { clock.now }
  var minimumResolution: Duration { clock.minimumResolution }

  func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
    try Task.checkCancellation()
    slept.withLock { $0.append(clock.now.duration(to: deadline)) }
  }
}

@Suite("Retrying")
struct RetryTests {
  @Test("waits double up to the limit, and the jitter keeps them between half and all of that")
  func backoff() {
    let backoff = Backoff(base: .seconds(1), limit: .seconds(10))
    let bounds: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(10)]
    for (failures, bound) in zip(1..., bounds) {
      #expect(backoff.delay(after: failures, draw: 0) == bound / 2)
      #expect(backoff.delay(after: failures, draw: 0.5) == bound * 0.75)
    }
    #expect(backoff.delay(after: 1_000_000, draw: 0) == .seconds(5))
  }

  @Test("passing failures are repeated until the answer, each told and each waited for")
  func transient() async throws {
    let clock = InstantClock()
    let retry = Retry(
      backoff: Backoff(base: .seconds(100), limit: .seconds(1000)), clock: clock, draw: { 0 })
    var told = 0
    var failures: [ClientError] = [
      .unreachable(url: "u", reason: "r"), .api(APIError(.unavailable, "busy")),
      .badReply(url: "u", status: 502, reason: "r"),
    ]
    let value = try await retry(onFailure: { _ in told += 1 }) { () throws(ClientError) -> Int in
      guard failures.isEmpty else { throw failures.removeFirst() }
      return 7
    }
    #expect(value == 7)
    #expect(told == 3)
    let slept = clock.slept.withLock { $0.map { Int(($0 / .seconds(1)).rounded()) } }
    #expect(slept == [50, 100, 200])
  }

  @Test("a daemon that is busy is left alone for as long as it asks, and longer by the back-off")
  func busy() async throws {
    let clock = InstantClock()
    let retry = Retry(
      backoff: Backoff(base: .seconds(100), limit: .seconds(1000)), clock: clock, draw: { 0 })
    var asked = [300, 7]
    _ = try await retry { () throws(ClientError) -> Int in
      guard asked.isEmpty else {
        throw .api(APIError(.busy, "busy", retryAfterSeconds: asked.removeFirst()))
      }
      return 7
    }
    let slept = clock.slept.withLock { $0.map { Int(($0 / .seconds(1)).rounded()) } }
    #expect(slept == [300, 100])
  }

  @Test("a refusal is no reason to ask again")
  func lasting() async throws {
    let clock = InstantClock()
    let refusal = ClientError.api(APIError(.leaseLost, "lost"))
    await #expect(throws: refusal) {
      try await Retry(clock: clock)() { () throws(ClientError) -> Int in throw refusal }
    }
    #expect(clock.slept.withLock { $0.isEmpty })
  }

  @Test("cancelling ends the waiting")
  func cancelled() async throws {
    let task = Task {
      try await Retry(backoff: Backoff(base: .seconds(1000), limit: .seconds(1000)))(
        onFailure: { _ in withUnsafeCurrentTask { $0?.cancel() } }
      ) { () throws(ClientError) -> Int in throw .unreachable(url: "u", reason: "r") }
    }
    await #expect(throws: ClientError.cancelled) { try await task.value }
  }
}
