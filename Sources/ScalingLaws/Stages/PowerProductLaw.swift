import Foundation

/// A parameter with its spread under each bootstrap that was made.
public struct BootstrappedParameter: Hashable, Codable, Sendable {
  /// The formula's letter.
  public var name: String
  public var value: Double
  public var spreads: [BootstrapUnit: BootstrapSpread]
}

/// y = c·x₁^a·x₂^b…, fitted by least squares in logarithms: the field's form for hyperparameters
/// (η = c·C^b; lr = c·N^a·D^b) and for allocation (N_opt = c·C^a).
public struct PowerProductLaw: Hashable, Codable, Sendable {
  public var quantity: LawVariable
  public var variables: [LawVariable]
  /// c.
  public var prefactor: BootstrappedParameter
  /// In the order of `variables`.
  public var exponents: [BootstrappedParameter]
  /// What each variable was fitted on, in the order of `variables`.
  public var ranges: [FittedRange]
  /// Root mean square of the residuals of log y.
  public var logResidual: Double
  /// The runs behind it, in order.
  public var runs: [Int64]

  /// y at one value a variable, in their order.
  public func callAsFunction(_ values: Double...) -> Double {
    zip(exponents, values).reduce(prefactor.value) { $0 * pow($1.1, $1.0.value) }
  }

  /// The exponent of that variable.
  public func exponent(of variable: LawVariable) -> BootstrappedParameter? {
    zip(variables, exponents).first { $0.0 == variable }?.1
  }

  /// `B(D)`.
  public var name: String {
    "\(quantity.name)(\(variables.map(\.name).joined(separator: ", ")))"
  }

  /// `lr = 1.67·N^-0.71·D^0.308`.
  public var formula: String {
    let factors = zip(variables, exponents).map { "\($0.name)^\($1.value.readable)" }
    return "\(quantity.name) = "
      + ([prefactor.value.readable] + factors).joined(separator: "·")
  }
}

extension PowerProductLaw {
  /// A fit, and the coefficients of its resamples by what was drawn.
  init(
    quantity: LawVariable, variables: [LawVariable], fit: LogLinearFit,
    samples: [BootstrapUnit: [[Double]]], level: Double, ranges: [FittedRange],
    logResidual: Double, runs: [Int64]
  ) {
    func parameter(
      _ name: String, _ place: Int, _ transform: (Double) -> Double
    ) -> BootstrappedParameter {
      BootstrappedParameter(
        name: name, value: transform(fit.coefficients[place]),
        spreads: samples.compactMapValues { draws in
          BootstrapSpread(draws.map { transform($0[place]) }, level: level)
        })
    }
    self.init(
      quantity: quantity, variables: variables, prefactor: parameter("c", 0, exp),
      exponents: variables.enumerated().map { place, variable in
        parameter("exponent of \(variable.name)", place + 1, \.self)
      }, ranges: ranges, logResidual: logResidual, runs: runs)
  }
}
