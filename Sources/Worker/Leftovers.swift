import Client
import Foundation
import Logging
import Wire

/// Outcomes that an earlier worker in the same folder reached and could not deliver: a whole
/// training each, and still wanted while no newer epoch has taken its run.
struct Leftovers: Sendable {
  let runs: URL
  let link: DaemonLink

  /// Delivers each once; what the daemon refuses is no longer wanted. Spools without an outcome are
  /// of trainers that died with their worker, and are deleted. Those of living workers are locked.
  func deliver() async {
    for url in spools() {
      guard let spool = SpoolFile(url) else { continue }
      let entries = spool.entries()
      guard case .outcome(let outcome) = entries.last else {
        spool.remove()
        continue
      }
      do {
        for case .report(let report) in entries {
          _ = try await link.ask { client throws(ClientError) in try await client.report(report) }
        }
        var last = outcome
        last.next = nil
        _ = try await link.ask { client throws(ClientError) in try await client.outcome(last) }
        RunDirectory(run: outcome.report.run, epoch: outcome.report.epoch, under: runs)
          .clear(after: outcome.outcome)
        link.log.notice("delivered the outcome of run \(outcome.report.run), kept from before")
      } catch {
        if error == .cancelled { return }
      }
      spool.remove()
    }
  }

  private func spools() -> [URL] {
    let files = FileManager.default
    func children(of url: URL) -> [URL] {
      (try? files.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)) ?? []
    }
    return children(of: runs).flatMap(children).map { $0.appending(path: RunDirectory.spoolName) }
      .filter { files.fileExists(atPath: $0.path) }
  }
}
