import Foundation
import Logging
import Synchronization
import Wire

/// What an attempt says to the daemon: events gather, are cut into numbered reports, and wait in
/// order until each is delivered. The trainer's thread fills it, the reporter empties it.
final class Outbox: Sendable {
  private struct Content: ~Copyable {
    var gathering: [TrainerEvent] = []
    var undelivered: [Report] = []
    var nextSequence = 1
    /// Events that wait in all.
    var waiting = 0
    /// Steps that were left out since so many waited.
    var leftOut = 0
    var spool: SpoolFile?
    var isSpoolFull = false
    /// Called when something should be told at once.
    var hurry: (@Sendable () -> Void)?
  }

  /// Most events of one report, so that no request is too large for the daemon.
  static let reportLimit = 2000
  /// Events that may wait before further steps are left out.
  static let waitingLimit = 500_000

  private let lease: Lease
  private let node: String?
  private let log: Logger?
  private let waitingLimit: Int
  private let content: Mutex<Content>

  /// The outbox of an attempt that has said nothing; a copy of what waits is kept in `spool`.
  init(
    _ lease: Lease, spool: URL? = nil, node: String? = nil, log: Logger? = nil,
    waitingLimit: Int = Outbox.waitingLimit, spoolLimit: Int = SpoolFile.limit
  ) {
    self.lease = lease
    self.node = node
    self.log = log
    self.waitingLimit = waitingLimit
    content = Mutex(Content(spool: spool.flatMap { SpoolFile($0, limit: spoolLimit) }))
    content.withLock { restartSpool(&$0) }
  }

  /// Calls `hurry` whenever a checkpoint was said, also before: it counts only once the daemon knows.
  func onCheckpoint(_ hurry: @escaping @Sendable () -> Void) {
    content.withLock { content in
      content.hurry = hurry
      if !content.undelivered.isEmpty { hurry() }
    }
  }

  /// Adds what the trainer said.
  func gather(_ events: [TrainerEvent]) {
    content.withLock { content in
      var isUrgent = false
      for event in events {
        if case .step = event, content.waiting >= waitingLimit {
          if content.leftOut == 0 {
            log?.warning("run \(lease.run): too much waits for the daemon, steps are left out")
          }
          content.leftOut += 1
          continue
        }
        if case .checkpoint = event { isUrgent = true }
        content.gathering.append(event)
        content.waiting += 1
      }
      guard isUrgent else { return }
      cut(&content)
      content.hurry?()
    }
  }

  /// Makes reports of what has gathered. An empty one is a heartbeat, needless while another waits.
  func cut() {
    content.withLock { cut(&$0) }
  }

  /// The report to deliver next.
  var oldest: Report? { content.withLock { $0.undelivered.first } }

  /// Takes the oldest report off.
  func delivered() {
    content.withLock { content in
      content.waiting -= content.undelivered.removeFirst().events.count
      if content.undelivered.isEmpty {
        content.leftOut = 0
        restartSpool(&content)
      }
    }
  }

  /// Drops everything from the oldest report on: the daemon does not want it, so its number is free.
  func discard() {
    content.withLock { content in
      content.nextSequence = content.undelivered.first?.sequence ?? content.nextSequence
      content.undelivered = []
      content.gathering = []
      content.waiting = 0
      restartSpool(&content)
    }
  }

  /// The last report, with the attempt's outcome.
  func conclude(_ outcome: Outcome, next: LeaseRequest?) -> OutcomeReport {
    content.withLock { content in
      if content.gathering.count > Self.reportLimit { cut(&content) }
      let report = OutcomeReport(report: nextReport(&content), outcome: outcome, next: next)
      spool(.outcome(report), &content)
      return report
    }
  }

  /// Nothing is left to deliver.
  func close() { content.withLock { $0.spool?.remove() } }

  private func cut(_ content: inout Content) {
    if content.gathering.isEmpty && !content.undelivered.isEmpty { return }
    repeat {
      let report = nextReport(&content)
      content.undelivered.append(report)
      spool(.report(report), &content)
    } while !content.gathering.isEmpty
  }

  private func nextReport(_ content: inout Content) -> Report {
    defer {
      content.nextSequence += 1
      content.gathering.removeFirst(min(Self.reportLimit, content.gathering.count))
    }
    return Report(
      run: lease.run, epoch: lease.epoch, sequence: content.nextSequence,
      events: Array(content.gathering.prefix(Self.reportLimit)))
  }

  private func spool(_ entry: SpoolFile.Entry, _ content: inout Content) {
    guard let isKept = content.spool?.append(entry), !isKept, !content.isSpoolFull else { return }
    content.isSpoolFull = true
    log?.warning(
      """
      run \(lease.run): the spool has no room: what its trainer says is in memory alone until it is \
      delivered
      """)
  }

  private func restartSpool(_ content: inout Content) {
    let first = content.undelivered.first?.sequence ?? content.nextSequence
    content.spool?.restart(
      .init(run: lease.run, epoch: lease.epoch, node: node, delivered: first - 1))
    content.isSpoolFull = false
  }
}
