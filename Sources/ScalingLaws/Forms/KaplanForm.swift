import Foundation

/// L = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D (Kaplan et al. 2020, arXiv 2001.08361, Eq. 1.5).
public struct KaplanForm: NamedLawForm {
  public let name = "kaplan"
  public let formula = "L = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D"
  public let origin = "Kaplan et al. 2020, arXiv 2001.08361, Eq. 1.5"
  public let quantity = LawVariable.loss
  public let variables = [LawVariable.parameterCount, .tokens]
  public let parameters = [
    FormParameter("N_c", .logarithmic, 1...1e40),
    FormParameter("D_c", .logarithmic, 1...1e40),
    FormParameter("α_N", .linear, 1e-3...2),
    FormParameter("α_D", .linear, 1e-3...2),
  ]
  public let published = [
    PublishedCoefficients(
      name: "kaplan-2001.08361", arXiv: "2001.08361", place: "L(N, D)",
      values: [6.4e13, 1.8e13, 0.076, 0.103],
      conventions: ["N counts no embeddings"])
  ]

  public init() {}

  /// ln N and ln D.
  public struct Input: Sendable {
    var logN: Double
    var logD: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(logN: log(values[0]), logD: log(values[1]))
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let (alphaN, alphaD) = (theta[2], theta[3])
    let ratio = alphaN / alphaD
    let byN = theta[0] - x.logN
    let (sum, shares) = logSum(SIMD2(ratio * byN, theta[1] - x.logD))
    gradient[0] = alphaN * shares[0]
    gradient[1] = alphaD * shares[1]
    gradient[2] = shares[0] * byN
    gradient[3] = sum - shares[0] * ratio * byN
    return alphaD * sum
  }

  /// α_N and α_D at 0.03, 0.1 and 0.3, the constants by least squares in L^(1/α_D).
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    let exponents = [0.03, 0.1, 0.3]
    let separable = SeparableStarts<Input>(terms: 2) { shape, x in
      SIMD8(-shape[0] * x.logN, -x.logD, 0, 0, 0, 0, 0, 0)
    }
    return exponents.flatMap { alphaD in
      let raised = points.map { FitPoint(input: $0.input, logValue: $0.logValue / alphaD) }
      return separable.best(of: exponents.map { [$0 / alphaD] }, for: raised).map { found in
        inside([
          found.logPrefactors[0] / found.shape[0], found.logPrefactors[1],
          found.shape[0] * alphaD, alphaD,
        ])
      }
    }
  }
}

/// L = (x_c/x)^α: Kaplan et al.'s laws in one variable, where the others do not limit the loss
/// (arXiv 2001.08361, Eq. 1.1 to 1.3).
public struct CriticalPowerForm: NamedLawForm {
  public let name: String
  public let formula: String
  public let origin = "Kaplan et al. 2020, arXiv 2001.08361, Eq. 1.1 to 1.3"
  public let quantity = LawVariable.loss
  public let variables: [LawVariable]
  public let parameters: [FormParameter]
  public let published: [PublishedCoefficients]

  private init(
    _ name: String, by variable: LawVariable, values: [Double], conventions: [String] = []
  ) {
    self.name = name
    let letter = variable.name
    formula = "L = (\(letter)_c/\(letter))^α"
    variables = [variable]
    parameters = [
      FormParameter("\(letter)_c", .logarithmic, 1e-30...1e60),
      FormParameter("α", .linear, 1e-4...5),
    ]
    published = [
      PublishedCoefficients(
        name: "kaplan-2001.08361", arXiv: "2001.08361", place: "L(\(letter))", values: values,
        conventions: conventions)
    ]
  }

  /// L of models trained to convergence on enough data.
  public static let byParameters = CriticalPowerForm(
    "kaplan-by-parameters", by: .parameterCount, values: [8.8e13, 0.076],
    conventions: ["N counts no embeddings"])

  /// L of large models trained with early stopping.
  public static let byTokens = CriticalPowerForm(
    "kaplan-by-tokens", by: .tokens, values: [5.4e13, 0.095])

  /// L of models of the best size for the least compute.
  public static let byLeastCompute = CriticalPowerForm(
    "kaplan-by-compute",
    by: LawVariable("C_min", "least compute that reaches the loss", unit: "PF-days"),
    values: [3.1e8, 0.050])

  /// ln x.
  public func input(_ values: [Double]) -> Double { log(values[0]) }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = theta[1]
    gradient[1] = theta[0] - x
    return theta[1] * (theta[0] - x)
  }

  /// The line of least squares, and lines of half and twice its slope through the mean.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    let line = leastSquaresLine(points)
    let middle = points.reduce(0) { $0 + $1.input } / Double(max(1, points.count))
    let mean = line.mean + line.slope * middle
    return [1, 0.5, 2].map { factor in
      let alpha = min(max(-line.slope * factor, 1e-3), 5)
      return inside([mean / alpha + middle, alpha])
    }
  }
}
