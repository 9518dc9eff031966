import Foundation
import ScalingLaws
import Wire

extension LawEvaluation {
  /// Every quantity with where it comes from, then what else the law could give.
  func rendered(width: Int?) -> String {
    var table = TextTable(["quantity", ">value", "unit", "law", "for", "place", "note"])
    for result in results {
      table.append([
        result.quantity.name, TextTable.significant(result.value), result.quantity.unit, result.law,
        result.variant, result.place,
        result.extrapolated.map {
          "\($0.variable) is outside \(Quantity.scientific($0.range.lower)) to "
            + Quantity.scientific($0.range.upper)
        }.joined(separator: "; "),
      ])
    }
    let missing = gaps.map {
      "\($0.quantity.name) needs \($0.missing.joined(separator: ", ")) too (\($0.form))"
    }
    return ([table.rendered(width: width)] + missing).joined(separator: "\n")
  }
}

extension StoredLaw.Evaluation {
  var rendered: String {
    "\(name) = \(TextTable.significant(value))"
      + (extrapolated.isEmpty
        ? "" : "\nextrapolated in \(extrapolated.joined(separator: ", "))")
  }
}

extension LawReport {
  /// Residuals that are listed; those beyond are the smaller ones.
  private static let residualLimit = 10

  func rendered(width: Int?) -> String {
    var parameters = TextTable(["parameter", ">value", ">95% interval"])
    for parameter in law.parameters {
      parameters.append([
        parameter.name, TextTable.significant(parameter.value, 6),
        TextTable.interval(parameter.low, parameter.high, digits: 5),
      ])
    }
    var parts = [
      "law \(law.id): \(law.name) of study \(law.study)"
        + (law.grid.map { ", fitted to grid \($0)" } ?? ""),
      law.detail.formula.map { "\(law.form): \($0)" } ?? law.form,
      parameters.rendered(width: width),
    ]
    let facts = law.detail.ranges.sorted { $0.key < $1.key }.map {
      "\($0.key) from \(Quantity.scientific($0.value.lower)) to \(Quantity.scientific($0.value.upper))"
    }
    if !facts.isEmpty { parts.append("data: " + facts.joined(separator: ", ")) }
    let scores = law.detail.scores.sorted { $0.key < $1.key }
      .map { "\($0.key) \(TextTable.significant($0.value))" }
    if !scores.isEmpty { parts.append("scores: " + scores.joined(separator: ", ")) }
    let options = law.detail.options.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    if !options.isEmpty { parts.append("fitted with: " + options.joined(separator: ", ")) }
    if !law.warnings.isEmpty {
      parts.append("warnings\n" + law.warnings.map { "  \($0)" }.joined(separator: "\n"))
    }
    if !law.detail.residuals.isEmpty { parts.append(residuals.rendered(width: width)) }
    parts.append("\(runs.count) runs: \(Self.ranges(of: runs))")
    return parts.joined(separator: "\n\n")
  }

  private var residuals: TextTable {
    var table = TextTable([">run", ">residual (largest first)"])
    let ordered = law.detail.residuals.sorted { (abs($0.value), $1.run) > (abs($1.value), $0.run) }
    for residual in ordered.prefix(Self.residualLimit) {
      table.append(["\(residual.run)", Quantity.percent(residual.value)])
    }
    return table
  }

  /// `1–6, 9`.
  static func ranges(of runs: [Int64]) -> String {
    var ranges: [ClosedRange<Int64>] = []
    for run in runs.sorted() {
      if let last = ranges.last, last.upperBound + 1 == run {
        ranges[ranges.count - 1] = last.lowerBound...run
      } else {
        ranges.append(run...run)
      }
    }
    return ranges.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
    }.joined(separator: ", ")
  }
}

/// Two fitted laws side by side.
struct LawDifference: Encodable {
  var first: LawReport
  var second: LawReport

  func rendered(width: Int?) -> String {
    var table = TextTable([
      "", ">law \(first.law.id)", ">95% interval", ">law \(second.law.id)", ">95% interval",
      ">change",
    ])
    let names = first.law.parameters.map(\.name)
    for name in names + second.law.parameters.map(\.name).filter({ !names.contains($0) }) {
      let (one, other) = (first.law.parameter(name), second.law.parameter(name))
      table.append([
        name, one.map { TextTable.significant($0.value, 5) } ?? "",
        TextTable.interval(one?.low, one?.high),
        other.map { TextTable.significant($0.value, 5) } ?? "",
        TextTable.interval(other?.low, other?.high), Self.change(one?.value, other?.value),
      ])
    }
    let scores = Set(first.law.detail.scores.keys).union(second.law.detail.scores.keys).sorted()
    for name in scores {
      let (one, other) = (first.law.detail.scores[name], second.law.detail.scores[name])
      table.append([
        name, one.map { TextTable.significant($0) } ?? "", "",
        other.map { TextTable.significant($0) } ?? "", "", Self.change(one, other),
      ])
    }
    let (mine, theirs) = (Set(first.runs), Set(second.runs))
    return [
      "law \(first.law.id): \(first.law.name), \(first.law.form)\nlaw \(second.law.id): "
        + "\(second.law.name), \(second.law.form)",
      table.rendered(width: width),
      "\(mine.intersection(theirs).count) runs are behind both"
        + Self.only(mine.subtracting(theirs), first.law.id)
        + Self.only(theirs.subtracting(mine), second.law.id),
    ].joined(separator: "\n\n")
  }

  private static func only(_ runs: Set<Int64>, _ law: Int64) -> String {
    runs.isEmpty ? "" : "\nonly law \(law): \(LawReport.ranges(of: Array(runs)))"
  }

  private static func change(_ first: Double?, _ second: Double?) -> String {
    guard let first, let second, first != 0 else { return "" }
    return Quantity.percent(second / first - 1)
  }
}
