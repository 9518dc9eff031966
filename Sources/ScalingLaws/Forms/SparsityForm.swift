import Foundation

/// L = a/N^α + b/D^β + c/(1−S)^λ + d/((1−S)^δ·N^γ) + e with the sparsity S = (E − K)/E of MoE models
/// (Abnar et al. 2025, arXiv 2501.12370).
public struct SparsityForm: NamedLawForm {
  public let name = "abnar"
  public let formula = "L = a/N^α + b/D^β + c/(1−S)^λ + d/((1−S)^δ·N^γ) + e"
  public let origin = "Abnar et al. 2025, arXiv 2501.12370"
  public let quantity = LawVariable.loss
  public let variables = [
    LawVariable("N", "parameters of all experts together", unit: "parameters"), .tokens,
    LawVariable("S", "sparsity (E − K) / E of K active experts", unit: "1", domain: .share),
  ]
  public let parameters = [
    FormParameter("a", .logarithmic, 1e-6...1e15),
    FormParameter("α", .linear, 0...3),
    FormParameter("b", .logarithmic, 1e-6...1e15),
    FormParameter("β", .linear, 0...3),
    FormParameter("c", .logarithmic, 1e-6...1e6),
    FormParameter("λ", .linear, -3...3),
    FormParameter("d", .logarithmic, 1e-6...1e15),
    FormParameter("δ", .linear, -3...3),
    FormParameter("γ", .linear, 0...3),
    FormParameter("e", .logarithmic, 1e-4...20),
  ]
  public let amplitudes = [0, 2, 4, 6, 9]
  public let published = [
    PublishedCoefficients(
      name: "abnar-2501.12370", variant: "moe", arXiv: "2501.12370", place: "the fitted law",
      values: [16612.50, 0.5962, 5455.67, 0.3954, 0.4598, -0.1666, 17.26, 0.1603, 0.1595, 0.94],
      conventions: ["S counts inactive experts; R² falls to 68 % at the held-out S = 0.98"])
  ]

  public init() {}

  /// ln N, ln D and ln(1 − S).
  public struct Input: Sendable {
    var logN: Double
    var logD: Double
    var logActive: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(logN: log(values[0]), logD: log(values[1]), logActive: log1p(-values[2]))
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let mixed = theta[6] - theta[7] * x.logActive - theta[8] * x.logN
    let (value, shares) = logSum(
      SIMD8(
        theta[0] - theta[1] * x.logN, theta[2] - theta[3] * x.logD,
        theta[4] - theta[5] * x.logActive, mixed, theta[9], -.infinity, -.infinity, -.infinity))
    gradient[0] = shares[0]
    gradient[1] = -shares[0] * x.logN
    gradient[2] = shares[1]
    gradient[3] = -shares[1] * x.logD
    gradient[4] = shares[2]
    gradient[5] = -shares[2] * x.logActive
    gradient[6] = shares[3]
    gradient[7] = -shares[3] * x.logActive
    gradient[8] = -shares[3] * x.logN
    gradient[9] = shares[4]
    return value
  }

  /// α and β at 0.3 and 0.6, λ at −0.3, −0.1 and 0.1, δ at 0.1 and 0.3, γ at 0.1 and 0.2, prefactors by
  /// least squares; the best eight.
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    let separable = SeparableStarts<Input>(terms: 5) { s, x in
      SIMD8(
        -s[0] * x.logN, -s[1] * x.logD, -s[2] * x.logActive,
        -s[3] * x.logActive - s[4] * x.logN, 0, 0, 0, 0)
    }
    let grid = combinations([
      [0.3, 0.6], [0.3, 0.6], [-0.3, -0.1, 0.1], [0.1, 0.3], [0.1, 0.2],
    ])
    return separable.best(of: grid, for: points).map { found in
      let (s, p) = (found.shape, found.logPrefactors)
      return inside([p[0], s[0], p[1], s[1], p[2], s[2], p[3], s[3], s[4], p[4]])
    }
  }
}
