import Experiment
import Foundation

/// What a published law says at given values: every quantity whose variables are all known.
public struct LawEvaluation: Hashable, Codable, Sendable {
  /// A variable outside the range that the coefficients were fitted on.
  public struct Extrapolation: Hashable, Codable, Sendable {
    public var variable: String
    public var value: Double
    public var range: FittedRange
  }

  /// A printed coefficient.
  public struct Coefficient: Hashable, Codable, Sendable {
    public var name: String
    public var value: Double
  }

  /// One quantity by one set of coefficients.
  public struct Result: Hashable, Codable, Sendable {
    /// The law's name, such as `ling-2507.17702`.
    public var law: String
    /// The models that the coefficients were fitted on, where the paper prints several sets; else "".
    public var variant: String
    /// The form's name.
    public var form: String
    /// What is given, with its unit.
    public var quantity: LawVariable
    public var value: Double
    public var formula: String
    /// In the order of the form's parameters.
    public var coefficients: [Coefficient]
    /// Where in the paper the coefficients stand.
    public var place: String
    /// The values that went in.
    public var inputs: [String: Double]
    public var extrapolated: [Extrapolation]
    public var conventions: [String]
  }

  /// A quantity that the given values do not determine.
  public struct Gap: Hashable, Codable, Sendable {
    public var quantity: LawVariable
    public var form: String
    public var missing: [String]
  }

  /// The law or form that was asked for.
  public var name: String
  public var results: [Result]
  /// What else the law gives, with the variables that it needs for that.
  public var gaps: [Gap]
}

extension LawEvaluation {
  /// Evaluates a published law, or every published set of a form, by name.
  ///
  /// - Parameters:
  ///   - name: of a law (`ling-2507.17702`) or a form (`chinchilla`).
  ///   - values: by the letters of the law's variables, in their units.
  ///   - options: of the forms, such as `log_C`; each must belong to one form at least.
  /// - Throws: `unknownLaw`; `outsideDomain`; `form` with `nothingPublished`, `unknownVariable`,
  ///   `unknownOption`, `unknownChoice` or `nothingToEvaluate`.
  public init(
    _ name: String, at values: [String: Double], options: [String: String] = [:]
  ) throws(ScalingLawsError) {
    let entries = try Self.choose(options, in: Self.entries(of: name), of: name)
    let known = entries.flatMap { $0.form.variables.map(\.name) }.uniqued()
    if let unknown = values.keys.sorted().first(where: { !known.contains($0) }) {
      throw .form(.unknownVariable(law: name, variable: unknown, known: known))
    }
    self.name = name
    results = []
    gaps = []
    for entry in entries {
      let missing = entry.form.variables.map(\.name).filter { values[$0] == nil }
      if missing.isEmpty {
        results.append(try Result(entry, at: values))
      } else {
        let gap = Gap(quantity: entry.form.quantity, form: entry.form.name, missing: missing)
        if !gaps.contains(gap) { gaps.append(gap) }
      }
    }
    guard !results.isEmpty else {
      let needs = entries.map { entry in
        "\(entry.form.quantity.name) needs "
          + entry.form.variables.map(\.name).joined(separator: ", ")
      }
      throw .form(
        .nothingToEvaluate(law: name, given: values.keys.sorted(), needs: needs.uniqued()))
    }
  }

  private static func entries(of name: String) throws(ScalingLawsError) -> [PublishedLaw.Entry] {
    if let law = PublishedLaws.all.first(where: { $0.name == name }) { return law.entries }
    guard let form = LawForms.all.first(where: { $0.name == name }) else {
      let known = PublishedLaws.names + LawForms.names
      throw .unknownLaw(name: name, nearest: nearestName(to: name, in: known), known: known)
    }
    guard !form.published.isEmpty else { throw .form(.nothingPublished(form: name)) }
    return form.published.map { PublishedLaw.Entry(form: form, coefficients: $0) }
  }

  /// The entries with their forms' options changed, and the coefficients that these forms have.
  private static func choose(
    _ options: [String: String], in entries: [PublishedLaw.Entry], of name: String
  ) throws(ScalingLawsError) -> [PublishedLaw.Entry] {
    guard !options.isEmpty else { return entries }
    let known = entries.flatMap { $0.form.options.map(\.name) }.uniqued()
    if let unknown = options.keys.sorted().first(where: { !known.contains($0) }) {
      throw .form(.unknownOption(form: name, option: unknown, known: known))
    }
    var chosen: [PublishedLaw.Entry] = []
    for entry in entries {
      let taken = Set(entry.form.options.map(\.name))
      let form: any NamedLawForm = try entry.form.choosing(
        options.filter { taken.contains($0.key) })
      let same = form.published.filter {
        $0.name == entry.coefficients.name && $0.variant == entry.coefficients.variant
      }
      chosen += same.map { PublishedLaw.Entry(form: form, coefficients: $0) }
    }
    guard !chosen.isEmpty else { throw .form(.nothingPublished(form: name)) }
    return chosen
  }
}

extension LawEvaluation.Result {
  init(_ entry: PublishedLaw.Entry, at values: [String: Double]) throws(ScalingLawsError) {
    let (form, coefficients) = (entry.form, entry.coefficients)
    let inputs = try form.ordered(values)
    law = coefficients.name
    variant = coefficients.variant
    self.form = form.name
    quantity = form.quantity
    value = try form.value(at: inputs, parameters: coefficients.values)
    formula = form.formula
    self.coefficients = zip(form.parameters, coefficients.values).map {
      LawEvaluation.Coefficient(name: $0.name, value: $1)
    }
    place = coefficients.place
    self.inputs = Dictionary(uniqueKeysWithValues: zip(form.variables.map(\.name), inputs))
    extrapolated = zip(form.variables, inputs).compactMap { variable, value in
      guard let range = coefficients.ranges[variable.name], !range.contains(value) else {
        return nil
      }
      return LawEvaluation.Extrapolation(variable: variable.name, value: value, range: range)
    }
    conventions = coefficients.conventions
  }
}
