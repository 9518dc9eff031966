import Foundation
import Wire

/// What a registry has of the grid in the end.
struct Record {
  /// Final losses and every point of the curves, by the digest of the run's spec. Compared as numbers,
  /// which is as bits: none is NaN or a zero of either sign.
  private var results: [String: [[Table.Value]]] = [:]
  private var curves: [String: [[Table.Value]]] = [:]
  /// How often each run is recorded as finished, as attempt and as event.
  private var finishes: [String: [Table.Value]] = [:]
  /// Attempts by how they ended.
  var attempts: [(outcome: String, count: Int64)] = []
  var resumed: Int64 = 0
  var revived: Int64 = 0
  /// What `orchestrator check` objected to.
  private var faults: [String] = []

  /// Reads it, and has it checked.
  init(of cluster: Cluster) async throws {
    for row in try await cluster.rows(
      "SELECT spec_sha256, state, loss, validation_loss, bits_per_byte FROM run")
    {
      results["\(row[0])", default: []].append(Array(row.dropFirst()))
    }
    for row in try await cluster.rows(
      """
      SELECT spec_sha256, metric, step, metrics.tokens, value
      FROM metrics JOIN run ON run.id = metrics.run ORDER BY run.id, metric, step
      """)
    {
      curves["\(row[0])", default: []].append(Array(row.dropFirst()))
    }
    for row in try await cluster.rows(
      """
      SELECT spec_sha256,
        (SELECT count(*) FROM attempt WHERE run_id = run.id AND outcome = 'finished'),
        (SELECT count(*) FROM event WHERE run_id = run.id AND kind = 'run_finished')
      FROM run
      """)
    {
      finishes["\(row[0])"] = Array(row.dropFirst())
    }
    for row in try await cluster.rows(
      "SELECT outcome, count(*) FROM attempt GROUP BY outcome ORDER BY outcome")
    {
      attempts.append(("\(row[0])", row[1].number))
    }
    resumed = try await cluster.rows("SELECT count(*) FROM attempt WHERE first_step > 0")[0][0]
      .number
    revived = try await cluster.rows("SELECT count(*) FROM event WHERE kind = 'run_revived'")[0][0]
      .number
    do {
      try cluster.laboratory.command([
        "check", "--data", cluster.laboratory.data.path, "--registry", cluster.registryFile.path,
      ])
    } catch let error as BrokenPromise {
      faults.append("\(cluster.name): \(error)")
    }
  }

  /// Which promises this breaks, beside a record of the same grid undisturbed.
  func differences(from undisturbed: Record, runs: Int) -> [String] {
    var differences = undisturbed.faults + faults
    if results.count != runs || undisturbed.results.count != runs {
      differences.append(
        "\(results.count) runs are recorded and \(undisturbed.results.count) undisturbed, of \(runs)"
      )
    }
    for (spec, expected) in undisturbed.results.sorted(by: { $0.key < $1.key }) {
      if results[spec] != expected {
        differences.append("run \(spec): \(results[spec] ?? []) is not \(expected)")
      }
      if curves[spec] != undisturbed.curves[spec] || curves[spec] == nil {
        differences.append("run \(spec): its curves differ")
      }
      if finishes[spec] != [.integer(1), .integer(1)] {
        differences.append("run \(spec): finished \(finishes[spec] ?? []) times, not once")
      }
    }
    return differences
  }
}
