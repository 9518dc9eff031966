/// A choice that changes what a form's formula means, such as the base of a logarithm.
public struct FormOption: Hashable, Codable, Sendable {
  /// The name on the command line, such as `log_C`.
  public var name: String
  public var meaning: String
  /// What the form at hand uses.
  public var choice: String
  /// What it could use.
  public var choices: [String]

  public init(_ name: String, _ meaning: String, choice: String, choices: [String]) {
    self.name = name
    self.meaning = meaning
    self.choice = choice
    self.choices = choices
  }

  /// An option whose choices are the cases of `Choice`.
  init<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ meaning: String, _ choice: Choice
  ) {
    self.init(
      name, meaning, choice: choice.rawValue, choices: Choice.allCases.map(\.rawValue))
  }
}

extension NamedLawForm {
  public var options: [FormOption] { [] }

  public func setting(_ option: String, to choice: String) -> Self { self }

  /// The same form with these options, name → choice.
  ///
  /// - Throws: `form(.unknownOption)` and `form(.unknownChoice)`, with what the form takes.
  public func choosing(_ choices: [String: String]) throws(ScalingLawsError) -> Self {
    var chosen = self
    for (option, choice) in choices.sorted(by: { $0.key < $1.key }) {
      guard let known = options.first(where: { $0.name == option }) else {
        throw .form(.unknownOption(form: name, option: option, known: options.map(\.name)))
      }
      guard known.choices.contains(choice) else {
        throw .form(
          .unknownChoice(form: name, option: option, choice: choice, known: known.choices))
      }
      chosen = chosen.setting(option, to: choice)
    }
    return chosen
  }
}
