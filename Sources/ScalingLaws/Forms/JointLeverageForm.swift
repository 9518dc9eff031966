import Foundation

/// Efficiency leverage of activation ratio, granularity and compute together
/// (arXiv 2507.17702, Eq. 13):
///
///     EL(A, G, C) = Â^(a + d·log C + γ·(log G)² + β·log G),
///     1/Â = 1/(A + (1/A_start − 1/A_max)^(−1)) + 1/A_max.
///
/// The paper states neither the logarithms' bases nor which of its three ways of counting A it means.
/// Its claims (EL > 7 at A = 3.1 %, G = 12, C = 1e22, and the best G near 12) hold with the defaults
/// here: log₁₀ C, log₂ G, and A counted over routed experts.
public struct JointLeverageForm: NamedLawForm {
  /// How A enters.
  public enum ActivationSaturation: String, Hashable, Codable, Sendable, CaseIterable {
    /// Â with A_start and A_max, as printed.
    case both
    /// Â = A + A_start: A_max, which the paper's fit sends to 5e16, is left out.
    case start
    /// Â = A, so that EL is 1 at A = 1.
    case none
  }

  /// What A counts; the number given must be counted in the same way.
  public enum ActivationConvention: String, Hashable, Codable, Sendable, CaseIterable {
    /// E_a / E.
    case routed
    /// (E_a + E_s) / (E + E_s), the paper's definition.
    case formula
    /// (E_a + E_s) / E, as in the paper's section on hyperparameters.
    case plusOverE = "plus_over_E"

    var variable: LawVariable {
      var variable = LawVariable.activationRatio
      switch self {
      case .routed: break
      case .formula: variable.meaning = "activation ratio (E_a + E_s) / (E + E_s)"
      case .plusOverE: variable.meaning = "activation ratio (E_a + E_s) / E"
      }
      return variable
    }
  }

  public let saturation: ActivationSaturation
  public let activation: ActivationConvention
  public let computeLog: LogBase
  public let granularityLog: LogBase
  public let parameters: [FormParameter]

  public init(
    saturation: ActivationSaturation = .both, activation: ActivationConvention = .routed,
    computeLog: LogBase = .ten, granularityLog: LogBase = .two
  ) {
    self.saturation = saturation
    self.activation = activation
    self.computeLog = computeLog
    self.granularityLog = granularityLog
    parameters = Array(Self.allParameters.prefix(saturation.parameterCount))
  }

  /// A, log G and log C.
  public struct Input: Sendable {
    var activation: Double
    var logActivation: Double
    var logG: Double
    var logC: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(
      activation: values[0], logActivation: log(values[0]), logG: granularityLog(values[1]),
      logC: computeLog(values[2]))
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let exponent = theta[0] + theta[1] * x.logC + x.logG * (theta[2] * x.logG + theta[3])
    let logA: Double
    switch saturation {
    case .both:
      let saturated = Saturation(logStart: theta[4], logMax: theta[5])
        .logarithm(at: x.activation)
      logA = saturated.value
      gradient[4] = exponent * saturated.byLogStart
      gradient[5] = exponent * saturated.byLogMax
    case .start:
      let saturated = Saturation(logStart: theta[4]).logarithm(at: x.activation)
      logA = saturated.value
      gradient[4] = exponent * saturated.byLogStart
    case .none:
      logA = x.logActivation
    }
    gradient[0] = logA
    gradient[1] = x.logC * logA
    gradient[2] = x.logG * x.logG * logA
    gradient[3] = x.logG * logA
    return exponent * logA
  }

  /// A_start at 1e-3, 1e-2 and 5e-2 with A_max at 1e2 and 1e12; at each the four coefficients of the
  /// exponent, in which log EL is linear, by least squares, half of them, and EL = Â^(−0.5).
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    let shapes: [[Double]] =
      switch saturation {
      case .none: [[]]
      case .start: [1e-3, 1e-2, 5e-2].map { [log($0)] }
      case .both:
        [1e-3, 1e-2, 5e-2].flatMap { start in [1e2, 1e12].map { [log(start), log($0)] } }
      }
    return shapes.flatMap { shape in
      let line = exponents(shape, points)
      // Other exponents too: a minimum that only its own solution reaches is no evidence.
      return [line, line.map { $0 / 2 }, [-0.5, 0, 0, 0]].map { inside($0 + shape) }
    }
  }

  private func exponents(_ shape: [Double], _ points: [FitPoint<Input>]) -> [Double] {
    var equations = NormalEquations(unknowns: 4)
    var theta = [0, 0, 0, 0] + shape
    theta[0] = 1
    for point in points {
      // With the exponent at 1 the form's value is ln Â.
      let logA = logValue(theta, at: point.input)
      let x = point.input
      equations.add(
        [logA, x.logC * logA, x.logG * x.logG * logA, x.logG * logA], value: point.logValue)
    }
    return equations.solve() ?? equations.solve(keeping: [0]) ?? [-0.5, 0, 0, 0]
  }
}

extension JointLeverageForm.ActivationSaturation {
  fileprivate var parameterCount: Int {
    switch self {
    case .both: 6
    case .start: 5
    case .none: 4
    }
  }
}
