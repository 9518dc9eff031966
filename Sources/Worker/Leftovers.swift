import Client
import Foundation
import Logging
import Wire

/// What an earlier worker in the same folder could not deliver. An outcome is a whole training, and
/// still wanted while no newer epoch has taken its run. Of a trainer that died with its worker, what it
/// had said is delivered, its checkpoints with it, and its run goes back into the queue at once.
struct Leftovers: Sendable {
  let runs: URL
  /// This machine: on another, a worker whose spool is free may still live.
  let node: String?
  let link: DaemonLink

  /// Delivers each once; what the daemon refuses is no longer wanted. Spools of living workers are
  /// locked.
  func deliver() async {
    for url in spools() {
      guard let spool = SpoolFile(url) else { continue }
      if await deliver(spool.entries()) { spool.remove() }
    }
  }

  /// Whether the entries are dealt with: false when the task was cancelled, or they are another
  /// machine's.
  private func deliver(_ entries: [SpoolFile.Entry]) async -> Bool {
    var reports: [Report] = []
    var ending: OutcomeReport?
    var opening: SpoolFile.Opening?
    for entry in entries {
      switch entry {
      case .opened(let first): opening = first
      case .report(let report): reports.append(report)
      case .outcome(let outcome): ending = outcome
      }
    }
    if ending == nil, let opening {
      guard opening.node == node else { return false }
      ending = killed(opening, after: reports)
    }
    guard var ending else { return true }
    ending.next = nil
    return await deliver(reports, ending)
  }

  private func killed(
    _ opening: SpoolFile.Opening, after reports: [Report]
  ) -> OutcomeReport {
    let sequence = (reports.last?.sequence ?? opening.delivered) + 1
    return OutcomeReport(
      report: Report(
        run: opening.run, epoch: opening.epoch, sequence: sequence, events: []),
      outcome: .failed(.init(kind: .lost, message: "its worker was killed")), next: nil)
  }

  private func deliver(_ reports: [Report], _ ending: OutcomeReport) async -> Bool {
    let run = ending.report.run
    do {
      for report in reports {
        _ = try await link.ask { client throws(ClientError) in try await client.report(report) }
      }
      _ = try await link.ask { client throws(ClientError) in try await client.outcome(ending) }
      RunDirectory(run: run, epoch: ending.report.epoch, under: runs).clear(after: ending.outcome)
      link.log.notice("delivered what an earlier worker had kept of run \(run)")
    } catch {
      return error != .cancelled
    }
    return true
  }

  private func spools() -> [URL] {
    RunDirectory.all(under: runs).map(\.spool)
      .filter { FileManager.default.fileExists(atPath: $0.path) }
  }
}
