import Testing
import Wire

@testable import Registry

@Suite("Webhooks stand where the event log says")
struct WebhookTests {
  private func add(_ ledger: Ledger, _ kinds: [RegistryEvent.Kind]) async throws -> Int64 {
    try await ledger.registry.addWebhook(
      url: "http://localhost/hook", kinds: kinds, secretFile: nil, now: ledger.tick())
  }

  @Test("it is told of what it asked for from then on, in order")
  func cursor() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1])
    let id = try await add(ledger, [.gridSubmitted, .runLeased])
    try await ledger.submit([2], grid: "second")
    _ = try await ledger.leaseNext()
    var hook = try await ledger.registry.webhooks()[0]
    let events = try await ledger.registry.events(
      after: hook.sequence, kinds: hook.kinds, limit: 10)
    #expect(events.map(\.kind) == [.gridSubmitted, .runLeased])
    try await ledger.registry.delivered(
      webhook: id, sequence: events[0].sequence, now: ledger.tick())
    hook = try await ledger.registry.webhooks()[0]
    #expect(hook.delivered == 1)
    let rest = try await ledger.registry.events(after: hook.sequence, kinds: hook.kinds, limit: 10)
    #expect(rest == Array(events.dropFirst()))
    // A late copy of the same news changes nothing.
    try await ledger.registry.delivered(
      webhook: id, sequence: events[0].sequence, now: ledger.tick())
    #expect(try await ledger.registry.webhooks()[0] == hook)
  }

  @Test("failures count up, set aside ends the tries, and resuming goes on from there")
  func failing() async throws {
    let ledger = try await Ledger()
    let id = try await add(ledger, [.gridSubmitted])
    let start = try await ledger.registry.webhooks()[0].sequence
    let first = ledger.tick()
    try await ledger.registry.deliveryFailed(
      webhook: id, at: start, problem: "HTTP 500", nextAt: first + 10, now: first)
    try await ledger.registry.deliveryFailed(
      webhook: id, at: start, problem: "HTTP 502", nextAt: nil, now: ledger.tick())
    var hook = try await ledger.registry.webhooks()[0]
    #expect(hook.failures == 2)
    #expect(hook.failingSince == first)
    #expect(hook.problem == "HTTP 502")
    #expect(hook.isSetAside)
    #expect(hook.sequence == start)
    try await ledger.registry.resumeWebhook(id)
    hook = try await ledger.registry.webhooks()[0]
    #expect(!hook.isSetAside && hook.failures == 0 && hook.sequence == start)
    try await ledger.registry.removeWebhook(id)
    #expect(try await ledger.registry.webhooks().isEmpty)
    for call in [ledger.registry.removeWebhook, ledger.registry.resumeWebhook] {
      await #expect(throws: RegistryError.unknownWebhook(id)) { try await call(id) }
    }
  }

  @Test("an address that is not HTTP is refused")
  func address() async throws {
    let ledger = try await Ledger()
    await #expect(
      throws: RegistryError.ruleBroken("CHECK constraint failed: webhook_url_is_http")
    ) {
      try await ledger.registry.addWebhook(
        url: "file:///etc/passwd", kinds: [.runFailed], secretFile: nil, now: ledger.tick())
    }
  }
}

@Suite("Tallies count what there is, and what is new")
struct TallyTests {
  @Test("runs by state, and attempts by outcome, once each")
  func counts() async throws {
    let ledger = try await Ledger()
    try await ledger.submit([1, 2, 3, 4])
    let before = try await ledger.registry.lastSequence()
    let one = try #require(try await ledger.leaseNext())
    try await ledger.end(one.run, epoch: 1, Ledger.finished)
    let two = try #require(try await ledger.leaseNext())
    try await ledger.end(two.run, epoch: 1, Ledger.failed, retries: 0)
    try await ledger.registry.retry(runs: [two.run], now: ledger.tick())
    let three = try #require(try await ledger.leaseNext())
    #expect(three.run == two.run)
    try await ledger.registry.cancel(runs: [4], now: ledger.tick())
    let tallies = try await ledger.registry.tallies(since: before)
    #expect(tallies.attempts == ["finished": 1, "failed": 1])
    #expect(tallies.events[.runLeased] == 3)
    #expect(
      Dictionary(uniqueKeysWithValues: tallies.runs.map { ($0.state, $0.count) })
        == [.queued: 1, .leased: 1, .finished: 1, .cancelled: 1])
    #expect(tallies.workersPresent == 1)
    #expect(tallies.databaseBytes > 0)
    let later = try await ledger.registry.tallies(since: tallies.sequence)
    #expect(later.attempts.isEmpty && later.events.isEmpty)
  }

  @Test("a registry that can be written is healthy")
  func health() async throws {
    let ledger = try await Ledger()
    #expect(await ledger.registry.readiness() == .writable)
    try ledger.registry.close()
    guard case .degraded = await ledger.registry.readiness() else {
      Issue.record("a closed registry is not healthy")
      return
    }
  }

  @Test("durations fall into the bucket whose end they do not exceed")
  func durations() {
    let durations = Durations()
    durations.record(.milliseconds(1))
    durations.record(.milliseconds(2))
    durations.record(.seconds(100))
    let snapshot = durations.snapshot
    #expect(snapshot.counts.first == 1)
    #expect(snapshot.counts[1] == 1)
    #expect(snapshot.counts.last == 1)
    #expect(snapshot.count == 3)
    #expect(abs(snapshot.sum - 100.003) < 1e-9)
  }
}
