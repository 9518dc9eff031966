public import ArgumentParser
public import ScalingLaws
import Wire

struct FitForm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "form", abstract: "Fit a form by its name; `orchestrator law forms` lists them.")

  @Argument(help: "The form.") var form: String
  @Option(
    name: .customLong("option"),
    help: ArgumentHelp("An option of the form, as log_C=e.", valueName: "name=choice"))
  var options: [Assignment] = []
  @Option(
    help: ArgumentHelp("Hold a parameter at a value, as E=1.69.", valueName: "parameter=value"))
  var fix: [Assignment] = []
  @Option(help: ArgumentHelp("huber:δ or squared, of log residuals.", valueName: "loss"))
  var loss = ResidualLoss.huber(delta: 0.02)
  @Option(help: "runs, cells or residuals; by the number of runs without it.")
  var resampling: FitOptions.Resampling?
  @Option(
    help: ArgumentHelp(
      "What a cell is, a SQL expression; the budget of a study's runs.", valueName: "expression"))
  var cell: String?
  @Option(
    help: ArgumentHelp(
      "Judge by runs that are not fitted: above:6 (of the value), or largest:2:C.",
      valueName: "runs"))
  var holdOut = FitOptions.HoldOut.none
  @Option(
    help: ArgumentHelp("Judge by fits without each value of this letter.", valueName: "letter"))
  var leaveOut: String?
  @Option(help: ArgumentHelp("Rival forms to compare with.", valueName: "form"))
  var compare: [String] = []
  @Flag(help: "Search for likelihood-ratio intervals, too.") var profiles = false
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var resamples: ResamplingOptions

  func run() async throws {
    try await reportingFailures {
      let forms = try forms()
      var letters: [String] = []
      for form in forms {
        for letter in [form.quantity.name] + form.variables.map(\.name)
        where !letters.contains(letter) {
          letters.append(letter)
        }
      }
      let fitOptions = FitOptions(
        loss: loss, bootstraps: resamples.bootstraps, seed: resamples.seed, resampling: resampling,
        profiles: profiles, holdOut: holdOut, fixed: try fix.numbers())
      var fits: [FormFit] = []
      let rows = try await selection.rows(
        letters, ofLeverage: forms[0].quantity == .leverage,
        cell: cell ?? (selection.sql == nil ? "budget" : nil))
      for (group, rows) in rows {
        fits.append(
          try FormFit(
            forms, to: rows, letters: letters, group: group, options: fitOptions,
            leaveOut: leaveOut))
      }
      try selection.answers.print(
        fits, or: fits.map { $0.rendered(width: Screen.process.width) }.joined(separator: "\n\n"))
      if let name = resamples.record {
        for fit in fits {
          try await selection.record(named: fit.group.isEmpty ? name : "\(name)/\(fit.group)") {
            LawSubmission(study: $0, name: $1, fit.fit)
          }
        }
      }
    }
  }

  private func forms() throws -> [any NamedLawForm] {
    try [LawForms.named(form, options: options.texts)] + compare.map { try LawForms.named($0) }
  }
}

extension FitOptions.Resampling: ExpressibleByArgument {}

extension ResidualLoss: ExpressibleByArgument {
  public init?(argument: String) {
    let parts = argument.split(separator: ":")
    switch (parts.first, parts.count) {
    case ("squared", 1): self = .squared
    case ("huber", 2):
      guard let delta = Double(parts[1]), delta > 0 else { return nil }
      self = .huber(delta: delta)
    default: return nil
    }
  }

  public var defaultValueDescription: String {
    switch self {
    case .squared: "squared"
    case .huber(let delta): "huber:\(delta)"
    }
  }
}

extension FitOptions.HoldOut: ExpressibleByArgument {
  public init?(argument: String) {
    let parts = argument.split(separator: ":").map(String.init)
    switch (parts.first, parts.count) {
    case ("none", 1): self = .none
    case ("above", 2):
      guard let threshold = Double(parts[1]) else { return nil }
      self = .above(threshold)
    case ("largest", 3):
      guard let count = Int(parts[1]) else { return nil }
      self = .largest(count: count, of: parts[2])
    default: return nil
    }
  }

  public var defaultValueDescription: String { "none" }
}
