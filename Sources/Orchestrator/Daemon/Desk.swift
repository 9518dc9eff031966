import Foundation
import Logging
import Registry
import Wire

/// What the daemon does when it is asked: every route and every embedded caller goes through here.
struct Desk: Sendable {
  var registry: Registry
  var clock: WallClock
  var settings: DaemonSettings
  /// Who may ask, where that matters.
  var tokens = TokenBook()
  /// Raised when runs become available.
  var queue = Signal()
  /// Raised when a run has ended, or a grid was submitted.
  var finished = Signal()
  /// Whether the daemon is about to end.
  var lifecycle = Lifecycle()

  // MARK: Workers

  func register(_ worker: WorkerRegistration) async throws -> WorkerWelcome {
    try await registry.register(worker, now: clock.now())
    return WorkerWelcome(
      leaseSeconds: settings.lease.inSeconds, reportSeconds: settings.lease.inSeconds / 3)
  }

  /// The worker is gone: its runs return to the queue.
  func goodbye(_ worker: String) async throws {
    try await registry.workerLeft(worker, now: clock.now())
    await queue.raise()
  }

  /// A lease, waiting for one as long as the request allows. Throws `CancellationError` when who asked
  /// has gone.
  func lease(_ request: LeaseRequest) async throws -> StoredLease? {
    let deadline = ContinuousClock.now + .seconds(min(max(request.waitSeconds, 0), 60))
    while true {
      try Task.checkCancellation()
      let seen = await queue.count
      let lease = try await registry.grant(
        request, now: clock.now(), leaseDuration: settings.lease)
      let left = ContinuousClock.now.duration(to: deadline)
      if lease != nil || left <= .zero || lifecycle.isStopping {
        return lease
      }
      await queue.wait(after: seen, limit: left)
    }
  }

  func report(_ report: Report) async throws -> ReportReply {
    ReportReply(
      directive: try await registry.report(
        report, now: clock.now(), leaseDuration: settings.lease))
  }

  /// Records how an attempt ended and grants the slot's next lease.
  func outcome(_ outcome: OutcomeReport) async throws -> StoredLease? {
    let lease = try await registry.record(
      outcome, now: clock.now(), leaseDuration: settings.lease,
      retryLimit: settings.retries)
    switch outcome.outcome {
    // A failed run may have been the last of its grid.
    case .finished, .diverged, .failed: await finished.raise()
    case .released: break
    }
    try await freed(leased: lease != nil)
    guard lease == nil, let next = outcome.next, next.waitSeconds > 0 else {
      return lease
    }
    return try await self.lease(next)
  }

  /// Which of a worker's checkpoints nothing will resume any more.
  func expired(_ kept: KeptCheckpoints) async throws -> ExpiredCheckpoints {
    ExpiredCheckpoints(runs: try await registry.expiredCheckpoints(kept, now: clock.now()))
  }

  // MARK: People

  /// Expands a grid, and unless it is a dry run inserts what is new.
  func submit(_ submission: Submission) async throws -> SubmissionReply {
    let planner = Planner(data: settings.data, fitted: try await registry.settingLaws())
    let plan = try planner.plan(submission.text, file: submission.file)
    let estimate = TimeEstimate(measured: try await registry.throughput())
    let hashes = plan.stages.flatMap { $0.newRuns.map(\.sha256) }
    var reply = plan.reply(known: try await registry.preview(hashes), estimate: estimate)
    if !submission.dryRun {
      let grids = try await registry.submit(
        plan.newGrids(text: submission.text), refresh: submission.refresh, now: clock.now())
      for (index, grid) in grids.enumerated() { reply.grids[index].take(grid) }
      await queue.raise()
      await finished.raise()
    }
    return reply
  }

  /// Records runs that were trained elsewhere; the laws of their study are fitted again.
  func importRuns(_ request: ImportRequest) async throws -> ImportReply {
    let reply = try await registry.importRuns(request, now: clock.now())
    if reply.gridID != nil { await finished.raise() }
    return reply
  }

  /// Records a law that a person has fitted.
  func record(_ law: LawSubmission) async throws -> LawReply {
    let recorded = try await registry.record(law, now: clock.now())
    return LawReply(id: recorded.id, inserted: recorded.inserted)
  }

  /// Records what a suite says of a run's checkpoint.
  func record(_ evaluation: EvaluationSubmission) async throws -> EvaluationReply {
    try await registry.record(evaluation, now: clock.now())
  }

  /// Cancels runs; a trainer of theirs is told to stop at its next report.
  func cancel(_ request: CancelRequest) async throws -> CancelReply {
    let now = clock.now()
    var cancelled = try await registry.cancel(runs: request.runs, now: now)
    if let grid = request.grid { cancelled += try await registry.cancel(grid: grid, now: now) }
    await finished.raise()
    try await freed(leased: false)
    return CancelReply(cancelled: cancelled)
  }
}

extension GridReply {
  /// Takes what the registry made of the grid.
  fileprivate mutating func take(_ grid: SubmittedGrid) {
    gridID = grid.id
    known = grid.known
    revision = grid.revision
    waits = grid.waits
  }
}

/// What one daemon is configured with.
struct DaemonSettings: Sendable {
  /// The data folder: corpora, runs and, by default, the registry.
  var data: URL
  /// How long a lease lasts without a report.
  var lease: Duration = .seconds(30)
  /// Failures after which a run is no longer tried again.
  var retries = 2
  /// The load that may wait to be written before a request is answered with 429.
  var queueCapacity = Registry.defaultQueueCapacity
  /// Whether laws are fitted, and stages settled, as runs end.
  var fits = true
  /// How long what ended runs have left is kept.
  var retention = RetentionLimits()
  /// How webhooks are tried.
  var webhooks = WebhookSettings()
  /// Whether a request needs a token; always beyond loopback.
  var requiresTokens = false
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
