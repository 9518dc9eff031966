import Foundation

/// Runs of one architecture at one budget that differ by seed only.
struct RunGroup {
  /// What the runs share, in sorting order.
  struct Key: Hashable, Comparable {
    var budget: Double
    var family: String
    var point: String
    var flopsPerToken: Double

    init(_ run: ObservedRun) {
      budget = run.budget
      family = run.family
      point = run.point
      flopsPerToken = run.flopsPerToken
    }

    static func < (a: Key, b: Key) -> Bool {
      (a.budget, a.family, a.flopsPerToken, a.point)
        < (b.budget, b.family, b.flopsPerToken, b.point)
    }
  }

  var key: Key
  /// In order of run id.
  var runs: [ObservedRun]

  /// Mean of log loss: seeds are averaged where the fits work.
  var meanLogLoss: Double { runs.reduce(0) { $0 + log($1.loss) } / Double(runs.count) }
  /// Mean of log C.
  var meanLogCompute: Double { runs.reduce(0) { $0 + log($1.compute) } / Double(runs.count) }
  /// Mean of log seconds; nil unless every run was timed.
  var meanLogSeconds: Double? {
    let timed = runs.compactMap(\.seconds)
    guard timed.count == runs.count else { return nil }
    return timed.reduce(0) { $0 + log($1) } / Double(runs.count)
  }
  /// Σ (log L − mean)² over the seeds, with `runs.count − 1` degrees of freedom.
  var squaredSeedDeviations: Double {
    let mean = meanLogLoss
    return runs.reduce(0) { $0 + (log($1.loss) - mean) * (log($1.loss) - mean) }
  }

  /// Groups in key order, whatever the order of the runs.
  static func grouping(_ runs: [ObservedRun]) -> [RunGroup] {
    Dictionary(grouping: runs, by: Key.init)
      .map { RunGroup(key: $0.key, runs: $0.value.sorted { $0.id < $1.id }) }
      .sorted { $0.key < $1.key }
  }
}
