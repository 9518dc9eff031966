import Foundation
import ScalingLaws

extension FormFit {
  func rendered(width: Int?) -> String {
    var parameters = TextTable(["parameter", ">value", ">95% interval", ">likelihood interval"])
    for parameter in fit.parameters {
      parameters.append([
        parameter.name, TextTable.significant(parameter.value, 6),
        TextTable.interval(parameter.interval?.low, parameter.interval?.high, digits: 5),
        parameter.profile.map { profile in
          "\(profile.low.map { TextTable.significant($0) } ?? "…")–"
            + (profile.high.map { TextTable.significant($0) } ?? "…")
        } ?? "",
      ])
    }
    var parts = [
      heading(group, "\(fit.form): \(fit.formula)"), parameters.rendered(width: width), quality,
    ]
    if !rivals.isEmpty { parts.append(comparison.rendered(width: width)) }
    if let leftOut {
      parts.append(
        "each \(leftOut.variable) predicted by the others: rmse "
          + TextTable.significant(leftOut.rmse))
    }
    return (parts + warnings(fit.warnings.map(\.description))).joined(separator: "\n\n")
  }

  private var quality: String {
    var facts = [
      "\(fit.quality.rows) runs",
      "rmse of ln \(fit.quantity.name) \(TextTable.significant(fit.quality.rmse))",
    ]
    if let rSquared = fit.quality.rSquared {
      facts.append("R² \(TextTable.significant(rSquared))")
    }
    if let akaike = fit.quality.correctedAkaike {
      facts.append("AICc \(TextTable.significant(akaike))")
    }
    facts.append("BIC \(TextTable.significant(fit.quality.bayes))")
    if let heldOut = fit.heldOutRMSE {
      facts.append("\(fit.heldOut.count) runs held out, rmse \(TextTable.significant(heldOut))")
    }
    return facts.joined(separator: ", ")
  }

  private var comparison: TextTable {
    var table = TextTable([
      "form", ">rmse", ">ΔAICc", ">weight", ">BIC weight", ">held-out rmse",
    ])
    for rival in rivals {
      table.append([
        rival.form, TextTable.significant(rival.rmse),
        rival.akaikeDifference.map { Quantity.decimal($0, places: 1) } ?? "undefined",
        Quantity.decimal(rival.akaikeWeight, places: 3),
        Quantity.decimal(rival.bayesWeight, places: 3),
        rival.heldOutRMSE.map { TextTable.significant($0) } ?? "",
      ])
    }
    return table
  }
}

extension NearOptimalFit {
  func rendered(width: Int?) -> String {
    var laws = TextTable([
      "law", "", ">value", ">95% by run", ">mean", ">95% by cell", ">mean", ">runs",
    ])
    for law in selection.laws {
      for parameter in [law.prefactor] + law.exponents {
        let (run, cell) = (parameter.spreads[.run], parameter.spreads[.cell])
        laws.append([
          law.name, parameter.name, TextTable.significant(parameter.value),
          TextTable.interval(run?.interval?.low, run?.interval?.high),
          run.map { TextTable.significant($0.mean) } ?? "",
          TextTable.interval(cell?.interval?.low, cell?.interval?.high),
          cell.map { TextTable.significant($0.mean) } ?? "", "\(law.runs.count)",
        ])
      }
    }
    var sensitivity = TextTable(["law", ">within", ">runs", "exponents"])
    for row in selection.sensitivity {
      sensitivity.append([
        row.law, row.share == 0 ? "the best" : Quantity.percent(row.share), "\(row.runs)",
        row.exponents.map { TextTable.significant($0) }.joined(separator: ", "),
      ])
    }
    let kept = selection.cells.reduce(0) { $0 + $1.kept.count }
    let tried = selection.cells.reduce(0) { $0 + $1.tried }
    let parts = [
      heading(
        group,
        "\(kept) of \(tried) runs are near the best of their \(selection.cells.count) cells"),
      laws.rendered(width: width), sensitivity.rendered(width: width),
    ]
    return (parts + warnings(selection.warnings.map(\.description))).joined(separator: "\n\n")
  }
}

extension IsoFLOPFit {
  func rendered(width: Int?) -> String {
    guard let profile else { return heading(group, "no law: \(refusal ?? "")") }
    var minima = TextTable([
      ">C", ">\(profile.measure.variable.name)_opt", ">D_opt", ">loss", ">sizes", "",
    ])
    for minimum in profile.minima {
      minima.append([
        Quantity.scientific(minimum.budget), Quantity.scientific(minimum.size),
        Quantity.scientific(minimum.tokens), Quantity.decimal(minimum.loss, places: 4),
        "\(minimum.sizes)",
        minimum.edge.map { "\($0.rawValue) size is best\(minimum.isUsed ? "" : ", left out")" }
          ?? "",
      ])
    }
    var laws = TextTable(["law", ">exponent", ">95% interval", ">prefactor", ">95% interval"])
    for law in [profile.size, profile.tokens] {
      let exponent = law.exponents[0]
      laws.append([
        law.name, TextTable.significant(exponent.value),
        TextTable.interval(exponent.interval?.low, exponent.interval?.high),
        TextTable.significant(law.prefactor.value),
        TextTable.interval(law.prefactor.interval?.low, law.prefactor.interval?.high),
      ])
    }
    let routes = exponents.sorted { $0.key < $1.key }
      .map { "\($0.key) \(TextTable.significant($0.value))" }
    let parts = [
      heading(group, "isoFLOP minima by \(profile.options.method.rawValue)"),
      minima.rendered(width: width), laws.rendered(width: width),
      "exponent by route: \(routes.joined(separator: ", "))",
    ]
    let all =
      profile.warnings.map(\.description)
      + (disagreement.flatMap { $0.isLarge ? ["\($0)"] : nil } ?? [])
    return (parts + warnings(all)).joined(separator: "\n\n")
  }
}

extension BootstrappedParameter {
  /// By whole cells where they were drawn.
  fileprivate var interval: Interval? { (spreads[.cell] ?? spreads.values.first)?.interval }
}

private func heading(_ group: String, _ text: String) -> String {
  group.isEmpty ? text : "\(group)\n\(text)"
}

private func warnings(_ texts: [String]) -> [String] {
  texts.isEmpty ? [] : ["warnings\n" + texts.map { "  \($0)" }.joined(separator: "\n")]
}
