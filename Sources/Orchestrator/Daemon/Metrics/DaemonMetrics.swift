import Registry
import Synchronization
import Wire

/// Everything that `/metrics` says. Counters begin at 0 with the daemon, as Prometheus expects.
final class DaemonMetrics: Sendable {
  let requests = RequestMetrics()
  /// How long the fits of a study took.
  let refits = Durations()
  let deliveries = Deliveries()
  private let counted: Mutex<Counted>

  /// What the event log has added up to since the daemon began.
  private struct Counted {
    var sequence: Int64
    var events: [RegistryEvent.Kind: Int] = [:]
    var attempts: [String: Int] = [:]
  }

  /// Webhook messages by what came of them.
  final class Deliveries: Sendable {
    private let counts = Mutex((taken: 0, failed: 0))

    func count(taken: Bool) {
      counts.withLock { if taken { $0.taken += 1 } else { $0.failed += 1 } }
    }

    var snapshot: (taken: Int, failed: Int) { counts.withLock { $0 } }
  }

  /// Counts the events after `sequence`.
  init(since sequence: Int64) { counted = Mutex(Counted(sequence: sequence)) }

  /// The text of one scrape.
  func exposition(of registry: Registry, health: Health) async throws -> String {
    let since = counted.withLock { $0.sequence }
    let tallies = try await registry.tallies(since: since)
    let totals = counted.withLock { counted in
      // Of two scrapes at once, the later one's events are in the earlier one's.
      if counted.sequence == since {
        counted.sequence = tallies.sequence
        counted.events.merge(tallies.events, uniquingKeysWith: +)
        counted.attempts.merge(tallies.attempts, uniquingKeysWith: +)
      }
      return counted
    }
    let families =
      Self.families(tallies, health) + Self.families(totals) + requests.families
      + Self.families(commits: registry.commits, refits: refits)
      + Self.families(deliveries.snapshot) + ProcessUsage.current().families
    return families.map(\.exposition).joined()
  }

  private static func families(_ tallies: Tallies, _ health: Health) -> [MetricFamily] {
    var build = MetricFamily("orchestrator_build_info", .gauge, "The daemon's version; always 1.")
    build.add(1, ("version", Version.current))
    var runs = MetricFamily("orchestrator_runs", .gauge, "Runs, by the study that first asked.")
    for row in tallies.runs {
      runs.add(Double(row.count), ("study", row.study), ("state", row.state.rawValue))
    }
    func total(_ state: RunState) -> Double {
      Double(tallies.runs.filter { $0.state == state }.reduce(0) { $0 + $1.count })
    }
    var workers = MetricFamily("orchestrator_workers", .gauge, "Workers that are known.")
    workers.add(Double(tallies.workersPresent), ("state", "connected"))
    workers.add(Double(tallies.workersLeft), ("state", "left"))
    var hooks = MetricFamily("orchestrator_webhooks", .gauge, "Webhooks.")
    hooks.add(Double(tallies.webhooksActive), ("state", "active"))
    hooks.add(Double(tallies.webhooksSetAside), ("state", "set_aside"))
    return [
      build,
      MetricFamily(
        "orchestrator_healthy", .gauge, "1 when the registry takes writes, else 0.",
        health == .writable ? 1 : 0),
      runs,
      MetricFamily(
        "orchestrator_queue_depth", .gauge, "Runs that wait for a worker.", total(.queued)),
      MetricFamily("orchestrator_leases", .gauge, "Runs that a worker holds.", total(.leased)),
      workers,
      MetricFamily(
        "orchestrator_grids_unsettled", .gauge, "Grids that wait for laws or for their runs.",
        Double(tallies.unsettledGrids)),
      hooks,
      MetricFamily(
        "orchestrator_registry_bytes", .gauge, "Size of the registry.",
        Double(tallies.databaseBytes)),
      MetricFamily(
        "orchestrator_registry_wal_bytes", .gauge, "Size of its write-ahead log.",
        Double(tallies.walBytes)),
      MetricFamily(
        "orchestrator_registry_disk_free_bytes", .gauge, "Room on the registry's disk.",
        Double(tallies.freeBytes)),
    ]
  }

  private static func families(_ counted: Counted) -> [MetricFamily] {
    var events = MetricFamily("orchestrator_events_total", .counter, "Events, by kind.")
    // Each from 0 on: Prometheus sees no increase in a counter that appears with its first event.
    for kind in RegistryEvent.Kind.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
      events.add(Double(counted.events[kind, default: 0]), ("kind", kind.name))
    }
    var attempts = MetricFamily(
      "orchestrator_attempts_total", .counter, "Attempts that have ended, by outcome.")
    for (outcome, count) in counted.attempts.sorted(by: { $0.key < $1.key }) {
      attempts.add(Double(count), ("outcome", outcome))
    }
    return [events, attempts]
  }

  private static func families(commits: Durations, refits: Durations) -> [MetricFamily] {
    [
      MetricFamily(
        "orchestrator_commit_duration_seconds", "Time of a write, from request to disk.",
        commits.snapshot),
      MetricFamily(
        "orchestrator_refit_duration_seconds", "Time to fit the laws of a study.", refits.snapshot),
    ]
  }

  private static func families(_ deliveries: (taken: Int, failed: Int)) -> [MetricFamily] {
    var family = MetricFamily(
      "orchestrator_webhook_deliveries_total", .counter, "Webhook messages, by what came of them.")
    family.add(Double(deliveries.taken), ("result", "taken"))
    family.add(Double(deliveries.failed), ("result", "failed"))
    return [family]
  }
}
