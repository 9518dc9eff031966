import Foundation

extension LawFit {
  /// What a fitted law gives at a point.
  public struct Prediction: Hashable, Codable, Sendable {
    /// In the quantity's unit.
    public var value: Double
    /// Of the law, not of a single run, whose own noise comes on top; nil without a bootstrap or when
    /// an end is not finite.
    public var interval: Interval?
    /// Letters of the variables that lie outside the fitted range.
    public var extrapolated: [String]

    /// One warning a variable outside its range.
    public var warnings: [LawWarning]
  }

  /// The form with the options that were fitted.
  ///
  /// - Throws: `form` when it is none of `LawForms`.
  public func namedForm() throws(ScalingLawsError) -> any NamedLawForm {
    try LawForms.named(form, options: formOptions)
  }

  /// The law's value with its interval, for a form of `LawForms`.
  ///
  /// - Parameter values: in the order of `variables`, in their units.
  /// - Throws: `outsideDomain` for a value that its variable cannot have; `form`.
  public func prediction(at values: [Double]) throws(ScalingLawsError) -> Prediction {
    try prediction(at: values, by: try namedForm())
  }

  /// The law's value with its interval, at a point that may lie outside the fitted ranges.
  ///
  /// - Parameters:
  ///   - values: in the order of `variables`, in their units.
  ///   - form: the one that was fitted.
  /// - Throws: `outsideDomain` for a value that its variable cannot have; `fit(.otherForm)`.
  public func prediction(
    at values: [Double], by form: any NamedLawForm
  ) throws(ScalingLawsError) -> Prediction {
    guard form.name == self.form, form.choices == formOptions else {
      throw .fit(.otherForm(fitted: self.form, given: form.name))
    }
    return try prediction(at: values, of: form)
  }

  /// The interval of anything that follows from the parameters, such as the best granularity.
  ///
  /// - Parameter value: takes the parameters in their own units, in the form's order.
  /// - Returns: nil without a bootstrap, or when an end is not finite.
  public func interval(
    by form: any NamedLawForm, of value: (_ parameters: [Double]) -> Double
  ) -> Interval? {
    resamples?.interval { value(form.values(of: $0)) }
  }

  private func prediction<Form: NamedLawForm>(
    at values: [Double], of form: Form
  ) throws(ScalingLawsError) -> Prediction {
    let input = try form.checkedInput(values)
    let logs = resamples?.interval { form.logValue($0, at: input) }
    var extrapolated: [String] = []
    var warnings: [LawWarning] = []
    for (variable, value) in zip(variables, values) {
      guard let range = ranges[variable.name], !range.contains(value) else { continue }
      extrapolated.append(variable.name)
      warnings.append(.outsideRange(variable: variable.name, value: value, range: range))
    }
    return Prediction(
      value: exp(form.logValue(theta, at: input)),
      interval: logs.map { Interval(low: exp($0.low), high: exp($0.high)) },
      extrapolated: extrapolated, warnings: warnings)
  }
}
