import Experiment

/// Why a form cannot be named, set up or evaluated.
public enum FormError: Error, Hashable, Sendable {
  /// No form has this name.
  case unknownForm(name: String, nearest: String?, known: [String])
  /// The form has no such option.
  case unknownOption(form: String, option: String, known: [String])
  /// The option has no such choice.
  case unknownChoice(form: String, option: String, choice: String, known: [String])
  /// No quantity of the law takes this variable.
  case unknownVariable(law: String, variable: String, known: [String])
  /// The form has parameters to fit and no published values.
  case nothingPublished(form: String)
  /// Each quantity of the law lacks a variable; `needs` lists what each takes.
  case nothingToEvaluate(law: String, given: [String], needs: [String])
}

extension FormError: CustomStringConvertible {
  /// What was wrong and what would be right.
  public var description: String {
    switch self {
    case .unknownForm(let name, let nearest, let known):
      "no form is named '\(name)'; \(suggestion(nearest))"
        + "Known: \(known.joined(separator: ", "))"
    case .unknownOption(let form, let option, let known):
      known.isEmpty
        ? "'\(form)' has no options, so '\(option)' cannot be set"
        : "'\(form)' has no option '\(option)'; \(suggestion(nearestName(to: option, in: known)))Known: \(known.joined(separator: ", "))"
    case .unknownChoice(let form, let option, let choice, let known):
      "'\(choice)' is no choice of \(option) of '\(form)': use \(known.joined(separator: " or "))"
    case .unknownVariable(let law, let variable, let known):
      "no quantity of '\(law)' takes '\(variable)'; "
        + "\(suggestion(nearestName(to: variable, in: known)))It takes \(known.joined(separator: ", "))"
    case .nothingPublished(let form):
      "no paper prints coefficients of '\(form)' as written here: fit it to your runs first"
    case .nothingToEvaluate(let law, let given, let needs):
      "nothing of '\(law)' follows from "
        + (given.isEmpty ? "no values" : given.joined(separator: ", ")) + " alone: "
        + needs.joined(separator: "; ")
    }
  }
}

/// The question that leads an error's reader to the nearest name; nothing when none is near.
func suggestion(_ nearest: String?) -> String {
  nearest.map { "did you mean '\($0)'? " } ?? ""
}
