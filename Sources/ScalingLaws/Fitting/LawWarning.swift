/// What the data cannot tell, or what makes a fitted value doubtful. A warning never stops a fit.
public enum LawWarning: Hashable, Codable, Sendable {
  /// Why an irreducible term is not in the chosen curve.
  public enum OffsetReason: String, Hashable, Codable, Sendable {
    case tooFewBudgets = "too_few_budgets"
    case collapsedToZero = "collapsed_to_zero"
    case notFavoured = "not_favoured"
    case noConvergence = "no_convergence"
  }

  /// No start moved: the gradient is wrong or the data are flat.
  case stuckAtStart(starts: Int)
  /// Less than half of the starts ended at the best minimum.
  case minimumNotReproduced(reached: Int, starts: Int)
  /// A parameter ended on the box that it was searched in.
  case atBound(parameter: String)
  /// A parameter that the data leave nearly free: its interval spans a factor of 5 (for one that is
  /// positive by its meaning) or half of its box, or reaches the box's end.
  case notIdentified(parameter: String)
  /// A term that only adds to the quantity, such as the irreducible loss E, is below 1 % of every
  /// value.
  case termCollapsed(parameter: String)
  /// One run moves a parameter by more than two of its standard errors.
  case influentialRun(run: Int64, parameter: String, standardErrors: Double)
  /// A prediction outside the values that the law was fitted on.
  case outsideRange(variable: String, value: Double, range: FittedRange)
  /// The smallest loss of a budget's profile lies at an end of its window.
  case minimumAtEdge(budget: Double, edge: SizeSearch.Edge)
  /// The data do not identify an irreducible term.
  case offsetNotIdentified(reason: OffsetReason)
  /// The curve rests on few budgets.
  case tooFewBudgets(have: Int, wanted: Int)
  /// The loss does not fall with compute.
  case notFalling(exponent: Double)
  /// The best dense size of a budget is the smallest or largest one tried.
  case bestSizeAtEdge(budget: Double, edge: SizeSearch.Edge)
  /// Fewer than three dense sizes were tried at a budget.
  case fewSizes(budget: Double, tried: Int)
  /// The noise is estimated from few degrees of freedom, so intervals are wide.
  case noiseFromFew(degreesOfFreedom: Int)
  /// Nothing tells the noise: there are no intervals.
  case noiseUnknown
  /// Bootstrap over few cells: its intervals are too narrow.
  case fewCells(have: Int, wanted: Int)
  /// Some resamples gave no fit and were left out.
  case resamplesFailed(failed: Int, of: Int)
  /// Runs whose matched dense value lies outside the dense curve's fitted range.
  case extrapolated(runs: Int, of: Int)
  /// The fitted curve and local interpolation give leverages that differ by this factor.
  case methodsDisagree(factor: Double)
  /// A law of A through few different A.
  case fewActivationRatios(have: Int, wanted: Int)
}

extension LawWarning: CustomStringConvertible {
  /// What it is and what to do about it.
  public var description: String {
    switch self {
    case .stuckAtStart(let starts):
      "none of \(starts) starts moved to the minimum; check that the values vary"
    case .minimumNotReproduced(let reached, let starts):
      "only \(reached) of \(starts) starts reached the best minimum; a parameter is nearly free"
    case .atBound(let parameter):
      "\(parameter) ended on its bound; the data do not determine it"
    case .notIdentified(let parameter):
      "\(parameter) is not identified: the data leave it nearly free; trust predictions inside the "
        + "fitted range, hold it at a published value, or widen the design"
    case .termCollapsed(let parameter):
      "\(parameter) collapsed to 0: the data show no irreducible term; train at larger sizes and "
        + "budgets before extrapolating, or hold it at a published value"
    case .influentialRun(let run, let parameter, let standardErrors):
      "run \(run) alone moves \(parameter) by \(standardErrors.readable) standard errors; check it, "
        + "and add runs beside it"
    case .outsideRange(let variable, let value, let range):
      "\(variable) = \(value.readable) is outside the fitted \(range.lower.readable) to "
        + "\(range.upper.readable); train runs out there before relying on it"
    case .minimumAtEdge(let budget, let edge):
      "at C = \(budget.readable) the lowest loss is at the \(edge.rawValue) size tried: add a "
        + (edge == .smallest ? "smaller" : "larger")
        + " one, or leave the budget out of the allocation law"
    case .offsetNotIdentified(let reason):
      "an irreducible term is not identified (\(reason.rawValue)); a pure power law is used, do not "
        + "extrapolate it far"
    case .tooFewBudgets(let have, let wanted):
      "the curve rests on \(have) budgets; train at \(wanted) or more"
    case .notFalling(let exponent):
      "the loss does not fall with x (exponent \(exponent.readable)); check the dense runs"
    case .bestSizeAtEdge(let budget, let edge):
      "at C = \(budget.readable) the best dense size is the \(edge.rawValue) one tried: add a "
        + (edge == .smallest ? "smaller" : "larger")
        + " one, or leverage is overstated"
    case .fewSizes(let budget, let tried):
      "at C = \(budget.readable) \(tried) dense size(s) were tried: try three or more, or leverage is "
        + "overstated"
    case .noiseFromFew(let degreesOfFreedom):
      "noise is estimated from \(degreesOfFreedom) degree(s) of freedom; add seeds or budgets to "
        + "narrow the intervals"
    case .noiseUnknown:
      "nothing tells the noise, so there are no intervals; add a second seed or a third budget"
    case .fewCells(let have, let wanted):
      "a bootstrap over \(have) cells gives intervals that are too narrow; below \(wanted) resample "
        + "the noise or the residuals"
    case .resamplesFailed(let failed, let of):
      "\(failed) of \(of) resamples gave no fit and were left out"
    case .extrapolated(let runs, let of):
      "\(runs) of \(of) runs match a dense model outside the fitted range; add dense budgets there"
    case .methodsDisagree(let factor):
      "the fitted curve and local interpolation disagree by a factor of \(factor.readable); the power law may "
        + "misfit, so look at the dense curve"
    case .fewActivationRatios(let have, let wanted):
      "the exponent rests on \(have) activation ratio(s); train \(wanted) or more"
    }
  }
}
