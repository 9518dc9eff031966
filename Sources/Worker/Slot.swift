import Client
import Foundation
import Logging
import Wire

/// One place for a trainer: leases a run, trains it, tells the outcome, which brings the next run.
struct Slot: Sendable {
  let number: Int
  let settings: WorkerSettings
  let link: DaemonLink
  let period: Duration
  /// Introduces the worker to a daemon that does not know it.
  let register: @Sendable () async -> Void
  private var wishes = 0

  init(
    number: Int, settings: WorkerSettings, link: DaemonLink, period: Duration,
    register: @escaping @Sendable () async -> Void
  ) {
    self.number = number
    self.settings = settings
    self.link = link
    self.period = period
    self.register = register
  }

  /// Works until the task is cancelled; then what it holds is given back.
  mutating func run() async {
    var held: Lease?
    while true {
      if held == nil { held = await obtain() }
      guard let lease = held else { return }
      held = await execute(lease)
    }
  }

  /// Asks until there is a run; nil when the task was cancelled.
  private mutating func obtain() async -> Lease? {
    while !Task.isCancelled {
      let wish = nextWish(waitSeconds: settings.leaseWait)
      let asked = ContinuousClock.now
      do {
        let reply = try await link.ask { client throws(ClientError) in try await client.lease(wish)
        }
        if let lease = reply.lease { return lease }
        // A daemon that is about to stop does not hold its replies.
        if asked.duration(to: .now) < .seconds(1) { _ = await link.pause() }
      } catch {
        if case .api(let refusal) = error, refusal.code == .notFound { await register() }
        _ = await link.pause()
      }
    }
    return nil
  }

  private mutating func execute(_ lease: Lease) async -> Lease? {
    link.log.info("starts run \(lease.run), epoch \(lease.epoch)")
    let attempt = Attempt(lease: lease, settings: settings, link: link, period: period)
    let (conclusion, outbox) = await attempt.run()
    switch conclusion {
    case .lost:
      link.log.notice("run \(lease.run), epoch \(lease.epoch): the lease is lost")
      outbox.close()
      return nil
    case .outcome(let outcome):
      link.log.info("run \(lease.run), epoch \(lease.epoch): \(outcome.summary)")
      let next = Task.isCancelled ? nil : nextWish(waitSeconds: 0)
      return await deliver(outbox, outbox.conclude(outcome, next: next))
    }
  }

  /// Delivers what is left of an attempt, in order, until it is answered. A leaving worker tries for
  /// a while only; what it could not tell stays in the spool.
  private func deliver(_ outbox: Outbox, _ outcome: OutcomeReport) async -> Lease? {
    await Farewell(limit: settings.farewell, clock: link.retry.clock).run {
      [link, settings] () -> Lease? in
      do throws(ClientError) {
        while let report = outbox.oldest {
          _ = try await link.ask { client throws(ClientError) in try await client.report(report) }
          outbox.delivered()
        }
        let reply = try await link.ask { client throws(ClientError) in
          try await client.outcome(outcome)
        }
        outbox.close()
        RunDirectory(
          run: outcome.report.run, epoch: outcome.report.epoch, under: settings.runs
        ).clear(after: outcome.outcome)
        return reply.lease
      } catch {
        if error != .cancelled { outbox.close() }
        return nil
      }
    }
  }

  private mutating func nextWish(waitSeconds: Double) -> LeaseRequest {
    wishes += 1
    return LeaseRequest(
      worker: settings.id, request: "\(settings.id)/\(number)/\(wishes)", waitSeconds: waitSeconds)
  }
}

extension Outcome {
  /// In a few words, for the log.
  fileprivate var summary: String {
    switch self {
    case .finished(let finished): "finished at loss \(finished.loss)"
    case .diverged(let diverged): "diverged at step \(diverged.step): \(diverged.reason)"
    case .failed(let failure): "failed: \(failure.message)"
    case .released(let reason): "given back: \(reason)"
    }
  }
}
