import Foundation

/// A form of the field under its own name: what it predicts, from which variables, by which
/// parameters. It can be evaluated at published coefficients and fitted to data.
///
/// `logValue` works in the coordinates θ of the fit: θ = ln p for a `.logarithmic` parameter p and
/// θ = p for a `.linear` one, in the order of `parameters`.
public protocol NamedLawForm: LawForm {
  /// The formula in the letters of `variables` and `parameters`.
  var formula: String { get }
  /// The paper, and where in it.
  var origin: String { get }
  /// What the form gives, such as the loss L.
  var quantity: LawVariable { get }
  /// What it takes, in the order of the values given to `input`.
  var variables: [LawVariable] { get }
  /// What is fitted, in the order of θ.
  var parameters: [FormParameter] { get }
  /// Coefficients that papers print for this form.
  var published: [PublishedCoefficients] { get }
  /// Choices that change what the formula means, each with the one in use; none unless a form says so.
  var options: [FormOption] { get }

  /// The same form with one option changed; `choosing` checks the names first.
  func setting(_ option: String, to choice: String) -> Self

  /// A point for `logValue`, logarithms taken once; `values` in the order of `variables` and inside
  /// their domains.
  func input(_ values: [Double]) -> Input
}

extension NamedLawForm {
  public var count: Int { parameters.count }

  /// Each parameter's own bounds.
  public func bounds(for points: [FitPoint<Input>]) -> ParameterBounds {
    ParameterBounds(
      lower: parameters.map { $0.coordinate(of: $0.lower) },
      upper: parameters.map { $0.coordinate(of: $0.upper) })
  }

  /// A start moved to the nearest point of the box.
  func inside(_ start: [Double]) -> [Double] {
    zip(start, parameters).map {
      min(max($0, $1.coordinate(of: $1.lower)), $1.coordinate(of: $1.upper))
    }
  }

  /// Parameters in their own units → θ.
  public func coordinates(of values: [Double]) -> [Double] {
    zip(parameters, values).map { $0.coordinate(of: $1) }
  }

  /// θ → parameters in their own units.
  public func values(of theta: [Double]) -> [Double] {
    zip(parameters, theta).map { $0.value(at: $1) }
  }

  /// The form's value.
  ///
  /// - Parameters:
  ///   - variables: in the order of `self.variables`.
  ///   - parameters: in their own units, in the order of `self.parameters`.
  /// - Throws: `outsideDomain` for a variable outside its domain.
  public func value(
    at variables: [Double], parameters: [Double]
  ) throws(ScalingLawsError) -> Double {
    exp(logValue(coordinates(of: parameters), at: try checkedInput(variables)))
  }

  /// A point for `logValue` from values that may lie outside their domains.
  ///
  /// - Throws: `outsideDomain`.
  public func checkedInput(_ values: [Double]) throws(ScalingLawsError) -> Input {
    for (variable, value) in zip(variables, values) { try variable.validate(value) }
    return input(values)
  }

  /// Values by name in the order of `variables`.
  ///
  /// - Throws: `missingVariable` for one that is not given.
  public func ordered(_ values: [String: Double]) throws(ScalingLawsError) -> [Double] {
    var ordered: [Double] = []
    for variable in variables {
      guard let value = values[variable.name] else {
        throw .missingVariable(
          form: name, variable: variable, needed: variables.map(\.name),
          given: values.keys.sorted())
      }
      ordered.append(value)
    }
    return ordered
  }
}
