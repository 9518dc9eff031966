import Client
import Foundation
import Logging
import Wire

/// Deletes the checkpoints of runs that nothing will resume: those that ended on another node, that
/// failed for good, or that were cancelled. Level-triggered: it looks at what lies on the disk.
struct CheckpointRetention: Sendable {
  let runs: URL
  let link: DaemonLink
  /// Between two looks.
  var period = Duration.seconds(3600)

  /// Looks now, and again each period until the task is cancelled.
  func run() async {
    repeat {
      await look()
    } while (try? await link.retry.clock.sleep(for: period)) != nil
  }

  /// Asks the daemon about what is here, a thousand runs a request. What it cannot answer now it is
  /// asked the next time.
  func look() async {
    let kept = Dictionary(grouping: RunDirectory.all(under: runs).filter(\.hasCheckpoints)) {
      KeptCheckpoints.Run(run: $0.run, specSHA256: $0.specSHA256)
    }
    var left = kept.keys.sorted { $0.run < $1.run }[...]
    while !left.isEmpty {
      let question = KeptCheckpoints(runs: Array(left.prefix(1000)))
      left = left.dropFirst(1000)
      let answer = try? await link.askOnce { client throws(ClientError) in
        try await client.expired(question)
      }
      guard let expired = answer.map({ Set($0.runs) }) else { return }
      for run in question.runs where expired.contains(run.run) {
        for directory in kept[run] ?? [] { directory.removeCheckpoints() }
        link.log.info("run \(run.run) has ended: its checkpoints are deleted")
      }
    }
  }
}
