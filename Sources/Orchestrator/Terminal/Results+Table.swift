import Foundation
import Wire

extension TextTable {
  /// Runs, one a line.
  static func runs(_ rows: [RunRow]) -> TextTable {
    var table = TextTable([
      ">run", "study", "grid", "family", ">C", "point", ">seed", "state", ">A", ">G", ">M", ">D",
      ">step", ">loss", ">val loss", ">bits/byte", ">time", ">tries", "worker", "message",
    ])
    for run in rows {
      table.append([
        "\(run.id)", run.study, run.grid ?? "", run.family ?? "",
        run.budget.map(Quantity.scientific) ?? "", run.point ?? "", run.seed.map { "\($0)" } ?? "",
        run.state.rawValue, run.activationRatio.map(Quantity.ratio) ?? "",
        run.granularity.map { Quantity.decimal($0, places: 2) } ?? "",
        run.flopsPerToken.map(Quantity.scientific) ?? "",
        run.tokens.map { Quantity.count(Double($0)) } ?? "",
        both(run.step, run.steps).map { "\($0)/\($1)" } ?? "", decimal(run.loss),
        decimal(run.validationLoss), decimal(run.bitsPerByte),
        run.seconds.map(Quantity.duration) ?? "", "\(run.attempts)", run.worker ?? "",
        run.message.map { String($0.prefix { $0 != "\n" }) } ?? "",
      ])
    }
    return table
  }

  /// Efficiency leverage, one run a line, in order of budget and falling A.
  static func leverage(_ rows: [LeverageRow]) -> TextTable {
    var table = TextTable([
      ">C", "family", "point", ">seed", ">A", ">G", ">S", ">val loss", ">EL", ">95% interval",
      ">EL in time", ">95% interval", "", ">law", ">run",
    ])
    let ordered = rows.sorted {
      ($0.budget ?? 0, -($0.activationRatio ?? 0), $0.run)
        < ($1.budget ?? 0, -($1.activationRatio ?? 0), $1.run)
    }
    for row in ordered {
      let setting: [String] = [
        row.budget.map(Quantity.scientific) ?? "", row.family ?? "", row.point ?? "",
        row.seed.map { "\($0)" } ?? "", row.activationRatio.map(Quantity.ratio) ?? "",
        row.granularity.map { Quantity.decimal($0, places: 2) } ?? "",
        row.sharedRatio.map(Quantity.ratio) ?? "",
      ]
      let result: [String] = [
        decimal(row.validationLoss),
        Quantity.decimal(row.leverage, places: 2), interval(row.low, row.high),
        row.timeLeverage.map { Quantity.decimal($0, places: 2) } ?? "",
        interval(row.timeLow, row.timeHigh), row.extrapolated ? "extrapolated" : "", "\(row.law)",
        "\(row.run)",
      ]
      table.append(setting + result)
    }
    return table
  }

  /// Fitted laws with their parameters.
  static func laws(_ rows: [LawRow]) -> TextTable {
    var table = TextTable([">law", "study", "predicts", "form", "parameters", ">runs", ">warnings"])
    for law in rows {
      let parameters = law.parameters.map { parameter in
        let range = interval(parameter.low, parameter.high, digits: 4)
        return "\(parameter.name)=\(significant(parameter.value))"
          + (range.isEmpty ? "" : " (\(range))")
      }
      table.append([
        "\(law.id)", law.study, law.name, law.form, parameters.joined(separator: ", "),
        "\(law.runs)", law.warnings.isEmpty ? "" : "\(law.warnings.count)",
      ])
    }
    return table
  }

  /// The answer to a query.
  static func answer(_ answer: Table) -> TextTable {
    let titles = answer.columns.enumerated().map { column, title in
      answer.rows.allSatisfy { $0[column].isNumber } ? ">" + title : title
    }
    var table = TextTable(titles)
    for row in answer.rows { table.append(row.map(\.description)) }
    return table
  }

  private static func decimal(_ value: Double?) -> String {
    value.map { Quantity.decimal($0, places: 4) } ?? ""
  }

  static func interval(_ low: Double?, _ high: Double?, digits: Int = 3) -> String {
    both(low, high).map { "\(significant($0, digits))–\(significant($1, digits))" } ?? ""
  }

  static func significant(_ value: Double, _ digits: Int = 4) -> String {
    String(format: "%.\(digits)g", value)
  }

  /// Both values, when there are both.
  private static func both<A, B>(_ first: A?, _ second: B?) -> (A, B)? {
    guard let first, let second else { return nil }
    return (first, second)
  }
}
