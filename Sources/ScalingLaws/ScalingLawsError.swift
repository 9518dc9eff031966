/// Why a law cannot be named, evaluated or fitted.
public enum ScalingLawsError: Error, Hashable, Sendable {
  /// A form, or an evaluation of one, that cannot be.
  case form(FormError)
  /// No published law has this name.
  case unknownLaw(name: String, nearest: String?, known: [String])
  /// The published law prints no such coefficients; `offeredBy` names the laws that do.
  case lawLacks(
    law: String, quantity: PublishedLaw.Quantity, kind: PublishedLaw.Kind, offeredBy: [String])
  /// An argument outside the domain of a formula.
  case outsideDomain(quantity: String, value: Double, domain: String)
  /// A form's variable without a value.
  case missingVariable(form: String, variable: LawVariable, needed: [String], given: [String])
  /// A fit that cannot be asked for.
  case fit(FitError)
  /// A run with a value that no training produces.
  case invalidObservation(run: Int64, quantity: String, value: Double, domain: String)
  /// The same run twice.
  case duplicateRun(id: Int64)
  /// A point that cannot be fitted.
  case invalidPoint(index: Int, value: Double)
  /// Fewer points than the form needs.
  case tooFewPoints(form: String, have: Int, need: Int)
  /// No dense run among the observations.
  case noDenseRuns
  /// Dense runs at fewer budgets than a curve needs.
  case tooFewDenseBudgets(have: Int, need: Int)
  /// No start of the minimiser converged.
  case noConvergence(form: String, starts: Int, smallestGradient: Double)
  /// The loss is at or below the irreducible term: no compute reaches it.
  case lossBelowIrreducible(loss: Double, irreducible: Double)
  /// The curve does not fall with compute, so it has no inverse.
  case curveNotFalling(exponent: Double)
}

extension ScalingLawsError: CustomStringConvertible {
  /// What was wrong and what would be right.
  public var description: String {
    switch self {
    case .form(let error): error.description
    case .unknownLaw(let name, let nearest, let known):
      "no published law is named '\(name)'; \(suggestion(nearest))"
        + "Known: \(known.joined(separator: ", "))"
    case .lawLacks(let law, let quantity, let kind, let offeredBy):
      "'\(law)' prints no coefficients of \(quantity.symbol) for \(kind.rawValue) models; "
        + (offeredBy.isEmpty
          ? "no published law does: give an inline power law (a, b) or a number"
          : "use \(offeredBy.joined(separator: " or ")), or an inline power law (a, b)")
    case .outsideDomain(let quantity, let value, let domain):
      "\(quantity) = \(value) is outside the law's domain: \(domain)"
    case .missingVariable(let form, let variable, let needed, let given):
      "'\(form)' needs \(variable.name), \(variable.meaning) in \(variable.unit); it takes "
        + "\(needed.joined(separator: ", ")) and was given "
        + (given.isEmpty ? "nothing" : given.joined(separator: ", "))
    case .fit(let error): error.description
    case .invalidObservation(let run, let quantity, let value, let domain):
      "run \(run): \(quantity) = \(value), but \(domain); correct the run or leave it out of the fit"
    case .duplicateRun(let id):
      "run \(id) is given twice; each observation must be a different run"
    case .invalidPoint(let index, let value):
      "point \(index) is \(value); fits take logarithms, so every value must be finite and > 0"
    case .tooFewPoints(let form, let have, let need):
      "'\(form)' needs at least \(need) points, there are \(have)"
    case .noDenseRuns:
      "there is no dense run: leverage compares with a dense curve, so add a dense family"
    case .tooFewDenseBudgets(let have, let need):
      "dense runs have finished at \(have) budget(s), a curve needs \(need) or more"
    case .noConvergence(let form, let starts, let smallestGradient):
      "'\(form)': none of \(starts) starts converged (smallest gradient \(smallestGradient)); "
        + "look for a point far from the others or of another unit"
    case .lossBelowIrreducible(let loss, let irreducible):
      "loss \(loss) is not above the irreducible term \(irreducible): no dense compute reaches it; "
        + "fit the dense curve without an offset, or add larger dense budgets"
    case .curveNotFalling(let exponent):
      "the dense loss does not fall with compute (exponent \(exponent)): the dense runs are "
        + "undertrained or mislabelled"
    }
  }
}
