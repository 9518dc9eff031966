/// What makes a stage's value doubtful. A warning never stops a stage.
public enum StageWarning: Hashable, Codable, Sendable {
  /// The best run of a cell has the smallest or largest value that was tried there.
  case bestSettingAtEdge(variable: String, cell: String, edge: SizeSearch.Edge)
  /// Fewer than three values of a hyperparameter were tried in a cell.
  case fewSettings(variable: String, cell: String, tried: Int)
  /// Near-optimal runs far from the first fit were left out.
  case outliersDropped(variable: String, runs: [Int64])
  /// An exponent moves by more than three standard errors of its cell bootstrap over the shares
  /// above 0 that were tried.
  case thresholdSensitive(law: String, exponent: String, low: Double, high: Double)
  /// A bootstrap over cells draws from few of them: its spread is too narrow.
  case fewCells(have: Int, wanted: Int)
  /// Fewer sizes at a budget than its minimum needs.
  case fewSizes(budget: Double, tried: Int, needed: Int)
  /// With noise on the losses, fewer than half of the resamples have a minimum inside the window.
  case minimumUnstable(budget: Double, inside: Int, of: Int)
  /// The law rests on few budgets.
  case fewBudgets(have: Int, wanted: Int)
  /// The losses do not tell their noise, so a floor alone spreads the minima.
  case noiseUnknown
  /// Routes to the same law differ.
  case routesDisagree(AllocationDisagreement)
  /// Points whose value rests on a curve outside its fitted range.
  case extrapolated(points: Int, of: Int)
  /// A family's curve and the dense one have different forms: where both are extrapolated, their
  /// ratio reflects the forms.
  case formsDiffer(family: String, curve: LossCurve.Form, dense: LossCurve.Form)
  /// From a fit underneath.
  case fit(LawWarning)
}

extension StageWarning: CustomStringConvertible {
  /// What it is and what to do about it.
  public var description: String {
    switch self {
    case .bestSettingAtEdge(let variable, let cell, let edge):
      "at \(cell) the best \(variable) is the \(edge.rawValue) one tried: try a "
        + (edge == .smallest ? "smaller" : "larger") + " one"
    case .fewSettings(let variable, let cell, let tried):
      "at \(cell) \(tried) value(s) of \(variable) were tried: try three or more"
    case .outliersDropped(let variable, let runs):
      "\(runs.count) near-optimal run(s) far from the law of \(variable) were left out: "
        + runs.prefix(5).map(String.init).joined(separator: ", ") + (runs.count > 5 ? ", …" : "")
    case .thresholdSensitive(let law, let exponent, let low, let high):
      "\(law): the \(exponent) moves from \(low.readable) to \(high.readable) with the share of loss "
        + "that counts as near-optimal; refine the grid of settings"
    case .fewCells(let have, let wanted):
      "a bootstrap over \(have) cells gives a spread that is too narrow; tune \(wanted) or more"
    case .fewSizes(let budget, let tried, let needed):
      "at C = \(budget.readable) \(tried) size(s) were tried: a minimum needs \(needed)"
    case .minimumUnstable(let budget, let inside, let of):
      "at C = \(budget.readable) the minimum lies inside the sizes tried in only \(inside) of \(of) "
        + "resamples: add sizes on both sides"
    case .fewBudgets(let have, let wanted):
      "the law rests on \(have) budgets; train at \(wanted) or more"
    case .noiseUnknown:
      "the profiles are too short to tell their noise: give it, or try five sizes or more"
    case .routesDisagree(let disagreement):
      "the routes to the allocation law disagree: \(disagreement)"
    case .extrapolated(let points, let of):
      "\(points) of \(of) leverages rest on a curve outside its fitted range; add budgets there"
    case .formsDiffer(let family, let curve, let dense):
      "the curve of \(family) is a \(curve.rawValue), the dense one a \(dense.rawValue): do not "
        + "extrapolate their ratio, or choose one form for both"
    case .fit(let warning): warning.description
    }
  }
}
