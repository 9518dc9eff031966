import Foundation
import Wire

extension EvaluationComparison {
  /// Tables for people: each metric with sources as lines and runs as columns, the differences beside
  /// them where there are any.
  func rendered(width: Int?) -> String {
    let tables = Suite.allCases.flatMap { suite in
      SuiteScore.Metric.allCases.compactMap { table(suite, $0)?.rendered(width: width) }
    }
    return (tables + notes.map { "note: \($0)" }).joined(separator: "\n\n")
  }

  private func table(_ suite: Suite, _ metric: SuiteScore.Metric) -> TextTable? {
    let rows = evaluations.filter { row in
      row.suite == suite && row.scores.contains { $0.metric == metric }
    }
    guard let first = rows.first else { return nil }
    let others = rows.map(\.run).filter { run in
      differences.contains { $0.suite == suite && $0.metric == metric && $0.run == run }
    }
    var table = TextTable(
      ["\(suite.rawValue) \(metric.rawValue)", ">\(metric.counted)"]
        + rows.map { ">run \($0.run)" }
        + others.flatMap { [">\($0) − \(reference($0) ?? 0)", ">95% interval", ">p"] })
    for source in sources(rows, metric) {
      let scores = rows.map { row in
        row.scores.first { $0.source == source && $0.metric == metric }
      }
      table.append(
        [source, (scores.compactMap(\.self).first?.count).map { Quantity.count(Double($0)) } ?? ""]
          + scores.map { $0.map(metric.text) ?? "" }
          + others.flatMap { difference(suite, metric, source, $0) })
    }
    if let chance = first.chance {
      table.append(
        ["guessing", ""] + rows.map { _ in metric.text(chance) }
          + others.flatMap { _ in ["", "", ""] })
    }
    return table
  }

  private func reference(_ run: Int64) -> Int64? { differences.first { $0.run == run }?.reference }

  /// In the order of the first evaluation that has them, all of them last.
  private func sources(_ rows: [EvaluationRow], _ metric: SuiteScore.Metric) -> [String] {
    let names = Set(rows.flatMap { $0.scores.filter { $0.metric == metric }.map(\.source) })
    return names.sorted { ($0 == SuiteScore.all ? 1 : 0, $0) < ($1 == SuiteScore.all ? 1 : 0, $1) }
  }

  private func difference(
    _ suite: Suite, _ metric: SuiteScore.Metric, _ source: String, _ run: Int64
  ) -> [String] {
    let found = differences.first {
      $0.suite == suite && $0.metric == metric && $0.source == source && $0.run == run
    }
    guard let found else { return ["", "", ""] }
    let interval = zip([found.low], [found.high]).compactMap { low, high -> String? in
      guard let low, let high else { return nil }
      return "\(metric.signed(low)) to \(metric.signed(high))"
    }
    return [
      metric.signed(found.value), interval.first ?? "",
      found.p.map { String(format: $0 < 0.001 ? "%.0e" : "%.3f", $0) } ?? "",
    ]
  }
}

extension TextTable {
  /// Evaluations over all sources, one a line.
  static func evaluations(_ rows: [EvaluationRow]) -> TextTable {
    let metrics = SuiteScore.Metric.allCases
    var table = TextTable(
      [">run", "study", ">step", "suite"] + metrics.map { ">\($0.rawValue)" }
        + [">items", "checkpoint"])
    for row in rows {
      let scores = row.scores.filter { $0.source == SuiteScore.all }
      table.append(
        ["\(row.run)", row.study, "\(row.step)", row.suite.rawValue]
          + metrics.map { metric in
            scores.first { $0.metric == metric }.map { metric.text($0) } ?? ""
          } + [
            scores.first.map { "\($0.samples)" } ?? "", String(row.checkpointSHA256.prefix(12)),
          ])
    }
    return table
  }
}

extension SuiteScore.Metric {
  /// What a number of it counts.
  fileprivate var counted: String {
    switch self {
    case .loss: "tokens"
    case .bitsPerByte: "bytes"
    case .accuracyPerByte, .accuracyPerToken: "items"
    }
  }

  private var isShare: Bool { self == .accuracyPerByte || self == .accuracyPerToken }

  fileprivate func text(_ value: Double) -> String {
    isShare ? String(format: "%.1f%%", 100 * value) : Quantity.decimal(value, places: 4)
  }

  fileprivate func text(_ score: SuiteScore) -> String { text(score.value) }

  fileprivate func signed(_ value: Double) -> String {
    isShare ? String(format: "%+.1f", 100 * value) : String(format: "%+.4f", value)
  }
}
