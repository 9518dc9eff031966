/// Why a fit, or a comparison of fits, cannot be asked for.
public enum FitError: Error, Hashable, Sendable {
  /// A parameter that the form does not have.
  case unknownParameter(form: String, name: String, known: [String])
  /// A variable that the form does not have.
  case unknownVariable(form: String, name: String, known: [String])
  /// A row with more or fewer variables than the form takes.
  case variableCount(form: String, run: Int64, have: Int, need: [String])
  /// A fit of another form than the one given to evaluate it.
  case otherForm(fitted: String, given: String)
  /// A comparison of nothing.
  case noRivals
  /// Rivals that are not given the same values of the same runs.
  case differentRows(form: String, other: String)
  /// Too few values of a variable to leave one out.
  case tooFewGroups(variable: String, have: Int, need: Int)
}

extension FitError: CustomStringConvertible {
  /// What was wrong and what would be right.
  public var description: String {
    switch self {
    case .unknownParameter(let form, let name, let known):
      "'\(form)' has no parameter '\(name)'; it has \(known.joined(separator: ", "))"
    case .unknownVariable(let form, let name, let known):
      "'\(form)' has no variable '\(name)'; it has \(known.joined(separator: ", "))"
    case .variableCount(let form, let run, let have, let need):
      "run \(run) has \(have) variable(s); '\(form)' takes \(need.joined(separator: ", "))"
    case .otherForm(let fitted, let given):
      "the fit is of '\(fitted)', not of '\(given)'; evaluate it by the form that it was fitted with"
    case .noRivals:
      "there is no form to compare; give two or more"
    case .differentRows(let form, let other):
      "'\(form)' and '\(other)' are given different runs or values; criteria compare only forms on "
        + "the same rows, in the same order"
    case .tooFewGroups(let variable, let have, let need):
      "the rows have \(have) value(s) of \(variable); leaving one out needs \(need) or more"
    }
  }
}
