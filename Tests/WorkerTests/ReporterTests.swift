import Client
import Foundation
import Logging
import Synchronization
import Testing
import Wire

@testable import Worker

@Suite("How long an attempt goes on unheard", .timeLimit(.minutes(1)))
struct ReporterTests {
  /// Stands still until it is moved on.
  private final class ManualClock: Clock, Sendable {
    typealias Instant = ContinuousClock.Instant
    private struct State {
      var now = ContinuousClock.now
      var sleepers: [Int: (until: Instant, continuation: CheckedContinuation<Void, Never>)] = [:]
      var next = 0
    }
    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var hasSleepers: Bool { state.withLock { !$0.sleepers.isEmpty } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
      let id = state.withLock {
        $0.next += 1
        return $0.next
      }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let isOver = state.withLock { state in
            if Task.isCancelled || state.now >= deadline { return true }
            state.sleepers[id] = (deadline, continuation)
            return false
          }
          if isOver { continuation.resume() }
        }
      } onCancel: {
        wake { sleeper, _ in sleeper == id }
      }
      try Task.checkCancellation()
    }

    func advance(by duration: Duration) {
      let now = state.withLock {
        $0.now += duration
        return $0.now
      }
      wake { _, until in until <= now }
    }

    private func wake(_ isOver: (Int, Instant) -> Bool) {
      let woken = state.withLock { state in
        let over = state.sleepers.filter { isOver($0.key, $0.value.until) }
        for id in over.keys { state.sleepers[id] = nil }
        return over.values.map(\.continuation)
      }
      for continuation in woken { continuation.resume() }
    }
  }

  /// Says what it is asked for.
  private struct Work: Undertaking {
    let asked: AsyncStream<String>.Continuation

    func run() async {}
    func requestCheckpoint() { asked.yield("checkpoint") }
    func release(reason: String) { asked.yield("release") }
    func stop(reason: String) { asked.yield("stop") }
  }

  /// Reports every 10 s, with a limit of 60 s, to a daemon of whose answers `isLost` loses some; returns
  /// how many reports it took until the work was asked to end.
  private func reports(until isLost: @escaping @Sendable (_ report: Int) -> Bool) async throws
    -> Int
  {
    let clock = ManualClock()
    let count = Mutex(0)
    let workshop = try Workshop()
    let (asked, ask) = AsyncStream.makeStream(of: String.self)
    let daemon = try StandInDaemon { _, path in
      guard path == "/v1/reports" else { return nil }
      let number = count.withLock {
        $0 += 1
        return $0
      }
      if number == 200 { ask.finish() }
      return isLost(number) ? .busy : nil
    }
    let link = DaemonLink(
      client: DaemonClient(ClientConfiguration(address: try DaemonAddress(daemon.address))),
      retry: Retry(clock: clock),
      log: Logger(label: "worker", factory: { _ in workshop.log.handler }))
    let reporter = Reporter(
      outbox: Outbox(.sample(run: 1)), link: link, period: .seconds(10), orphanLimit: .seconds(60))
    let task = Task { await reporter.run(Work(asked: ask)) }
    // One period at a time: the next begins when its report has come and somebody waits for it.
    let time = Task {
      var periods = 0
      while !Task.isCancelled {
        if clock.hasSleepers, count.withLock({ $0 }) == periods {
          periods += 1
          clock.advance(by: .seconds(10))
        }
        await Task.yield()
      }
    }
    var wishes = asked.makeAsyncIterator()
    let wish = await wishes.next()
    time.cancel()
    task.cancel()
    #expect(await task.value == .accepted)
    guard let wish else { return .max }
    #expect(wish == "release")
    return count.withLock { $0 }
  }

  @Test("no word for longer than the limit ends it in peace")
  func silence() async throws {
    let reports = try await reports { $0 > 100 }
    #expect((105...110).contains(reports), "\(reports)")
  }

  @Test("each word of the daemon begins a new silence, however much was lost in all")
  func heard() async throws {
    let reports = try await reports { !$0.isMultiple(of: 4) }
    #expect(reports == .max)
  }
}
