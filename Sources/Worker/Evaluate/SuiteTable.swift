import Foundation
import Wire

extension EvaluationSubmission {
  /// A line a source, for people.
  var table: String {
    let metrics = SuiteScore.Metric.allCases.filter { metric in
      scores.contains { $0.metric == metric }
    }
    var names: [String] = []
    for score in scores where !names.contains(score.source) { names.append(score.source) }
    var lines = [[suite.rawValue, suite.counted] + metrics.map(\.title)]
    for name in names {
      let cells = metrics.map { metric in
        scores.first { $0.source == name && $0.metric == metric }.map(\.text) ?? ""
      }
      let first = scores.first { $0.source == name }
      lines.append([name, first.map { suite.amount($0) } ?? ""] + cells)
    }
    if let chance { lines.append(["guessing", ""] + metrics.map { $0.text(chance) }) }
    return Self.aligned(lines)
  }

  /// Columns two spaces apart, the first to the left, the others to the right.
  private static func aligned(_ lines: [[String]]) -> String {
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      zip(line, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

extension Suite {
  fileprivate var counted: String {
    switch self {
    case .sources: "documents, tokens"
    case .cloze: "items"
    }
  }

  fileprivate func amount(_ score: SuiteScore) -> String {
    switch self {
    case .sources: "\(score.samples), \(score.count)"
    case .cloze: "\(score.samples)"
    }
  }
}

extension SuiteScore {
  fileprivate var text: String {
    guard let low, let high else { return metric.text(value) }
    return "\(metric.text(value)) (\(metric.text(low)) to \(metric.text(high)))"
  }
}

extension SuiteScore.Metric {
  fileprivate var title: String {
    switch self {
    case .loss: "nats a token"
    case .bitsPerByte: "bits a byte"
    case .accuracyPerByte: "right by loss a byte"
    case .accuracyPerToken: "right by loss a token"
    }
  }

  fileprivate func text(_ value: Double) -> String {
    switch self {
    case .loss, .bitsPerByte: String(format: "%.4f", value)
    case .accuracyPerByte, .accuracyPerToken: String(format: "%.1f%%", 100 * value)
    }
  }
}
