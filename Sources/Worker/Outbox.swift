import Foundation
import Synchronization
import Wire

/// What an attempt says to the daemon: events gather, are cut into numbered reports, and wait in
/// order until each is delivered. The trainer's thread fills it, the reporter empties it.
final class Outbox: Sendable {
  private struct Content: ~Copyable {
    var gathering: [TrainerEvent] = []
    var undelivered: [Report] = []
    var nextSequence = 1
    var spool: SpoolFile?
  }

  private let lease: Lease
  private let content: Mutex<Content>

  /// The outbox of an attempt that has said nothing; a copy of what waits is kept in `spool`.
  init(_ lease: Lease, spool: URL? = nil) {
    self.lease = lease
    content = Mutex(Content(spool: spool.flatMap { SpoolFile($0) }))
  }

  /// Adds what the trainer said.
  func gather(_ events: [TrainerEvent]) {
    content.withLock { $0.gathering += events }
  }

  /// Makes a report of what has gathered. An empty one is a heartbeat, needless while another waits.
  func cut() {
    content.withLock { content in
      if content.gathering.isEmpty && !content.undelivered.isEmpty { return }
      let report = nextReport(&content)
      content.undelivered.append(report)
      content.spool?.append(.report(report))
    }
  }

  /// The report to deliver next.
  var oldest: Report? { content.withLock { $0.undelivered.first } }

  /// Takes the oldest report off.
  func delivered() {
    content.withLock { content in
      content.undelivered.removeFirst()
      if content.undelivered.isEmpty { content.spool?.clear() }
    }
  }

  /// Drops everything from the oldest report on: the daemon does not want it, so its number is free.
  func discard() {
    content.withLock { content in
      content.nextSequence = content.undelivered.first?.sequence ?? content.nextSequence
      content.undelivered = []
      content.gathering = []
      content.spool?.clear()
    }
  }

  /// The last report, with the attempt's outcome.
  func conclude(_ outcome: Outcome, next: LeaseRequest?) -> OutcomeReport {
    content.withLock { content in
      let report = OutcomeReport(report: nextReport(&content), outcome: outcome, next: next)
      content.spool?.append(.outcome(report))
      return report
    }
  }

  /// Nothing is left to deliver.
  func close() { content.withLock { $0.spool?.remove() } }

  private func nextReport(_ content: inout Content) -> Report {
    defer {
      content.nextSequence += 1
      content.gathering = []
    }
    return Report(
      run: lease.run, epoch: lease.epoch, sequence: content.nextSequence,
      events: content.gathering)
  }
}
