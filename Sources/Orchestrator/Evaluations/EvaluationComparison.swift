import ScalingLaws
import Wire

/// Evaluations of several runs, and what the first of them is compared with.
struct EvaluationComparison: Encodable {
  /// A metric of one run beside that of the first.
  struct Difference: Encodable {
    var suite: Suite
    var source: String
    var metric: SuiteScore.Metric
    /// The run that it is compared with, and the run itself.
    var reference: Int64
    var run: Int64
    /// The run's less the reference's.
    var value: Double
    var low: Double?
    var high: Double?
    var p: Double?
    var samples: Int
  }

  /// Without their samples.
  var evaluations: [EvaluationRow]
  var differences: [Difference]
  /// What could not be paired, for people.
  var notes: [String]

  /// Pairs each evaluation with that of the same suite of `reference`, where they asked the same
  /// questions. The rows have their samples.
  init(_ rows: [EvaluationRow], reference: Int64?) {
    evaluations = rows.map { row in
      var summary = row
      summary.scores = row.scores.map(\.summary)
      return summary
    }
    differences = []
    notes = []
    for suite in Suite.allCases {
      let same = rows.filter { $0.suite == suite }
      guard let first = same.first(where: { $0.run == reference }) else { continue }
      for other in same where other.run != first.run {
        guard other.suiteSHA256 == first.suiteSHA256 else {
          notes.append(
            "\(suite.rawValue): run \(other.run) was asked other questions than run \(first.run), "
              + "so they are not paired; evaluate both with the same options")
          continue
        }
        differences += Self.differences(first, other)
      }
    }
  }

  private static func differences(
    _ first: EvaluationRow, _ other: EvaluationRow
  ) -> [Difference] {
    first.scores.compactMap { score in
      let pair = [first, other].map { $0.samples(of: score.metric, score.source) }
      guard let paired = PairedDifference(score.metric, pair[0], pair[1]) else { return nil }
      return Difference(
        suite: first.suite, source: score.source, metric: score.metric, reference: first.run,
        run: other.run, value: paired.value, low: paired.low, high: paired.high, p: paired.p,
        samples: paired.samples)
    }
  }
}

/// The samples behind a number.
private struct Samples {
  var values: [Double] = []
  var weights: [Double] = []
}

extension EvaluationRow {
  /// Of one source, or of all of them one after the other; empty where they were not kept.
  fileprivate func samples(of metric: SuiteScore.Metric, _ source: String) -> Samples {
    scores.filter { $0.metric == metric && (source == SuiteScore.all || $0.source == source) }
      .reduce(into: Samples()) { samples, score in
        guard let values = score.values else { return }
        samples.values += values
        samples.weights += score.weights ?? values.map { _ in 1 }
      }
  }
}

extension PairedDifference {
  /// nil where the samples of the two cannot be paired.
  fileprivate init?(_ metric: SuiteScore.Metric, _ first: Samples, _ second: Samples) {
    guard !first.values.isEmpty, first.values.count == second.values.count,
      first.weights == second.weights
    else { return nil }
    switch metric {
    case .loss, .bitsPerByte:
      self.init(means: first.values, second.values, weights: first.weights)
    case .accuracyPerByte, .accuracyPerToken:
      self.init(shares: first.values.map { $0 > 0.5 }, second.values.map { $0 > 0.5 })
    }
  }
}
