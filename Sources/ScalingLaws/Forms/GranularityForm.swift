import Foundation

/// L = c + (g/G^γ + a)/N^α + b/D^β: loss of MoE models of one number of experts against granularity
/// (Krajewski et al. 2024, arXiv 2402.07871). The dense law of that paper is a `chinchilla`.
public struct GranularityForm: NamedLawForm {
  public let name = "krajewski"
  public let formula = "L = c + (g/G^γ + a)/N^α + b/D^β"
  public let origin = "Krajewski et al. 2024, arXiv 2402.07871"
  public let quantity = LawVariable.loss
  public let variables = [
    LawVariable.parameterCount, .tokens,
    LawVariable(
      "G", "granularity d_ff / d_expert, twice 2·d_model / d_expert where d_ff = 4·d_model",
      unit: "1"),
  ]
  public let parameters = [
    FormParameter("a", .logarithmic, 1e-6...1e15),
    FormParameter("α", .linear, 0...3),
    FormParameter("b", .logarithmic, 1e-6...1e15),
    FormParameter("β", .linear, 0...3),
    FormParameter("g", .logarithmic, 1e-6...1e15),
    FormParameter("γ", .linear, 0...5),
    FormParameter("c", .logarithmic, 1e-4...20),
  ]
  public let amplitudes = [0, 2, 4, 6]
  public let published = [
    PublishedCoefficients(
      name: "krajewski-2402.07871", variant: "moe", arXiv: "2402.07871", place: "the fitted law",
      values: [18.1, 0.115, 30.8, 0.147, 2.1, 0.58, 0.47],
      conventions: ["E = 64; G = d_ff / d_expert"])
  ]

  public init() {}

  /// ln N, ln D and ln G.
  public struct Input: Sendable {
    var logN: Double
    var logD: Double
    var logG: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(logN: log(values[0]), logD: log(values[1]), logG: log(values[2]))
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let byN = theta[1] * x.logN
    let (value, shares) = logSum(
      SIMD4(
        theta[0] - byN, theta[2] - theta[3] * x.logD, theta[4] - theta[5] * x.logG - byN, theta[6]))
    gradient[0] = shares[0]
    gradient[1] = -(shares[0] + shares[2]) * x.logN
    gradient[2] = shares[1]
    gradient[3] = -shares[1] * x.logD
    gradient[4] = shares[2]
    gradient[5] = -shares[2] * x.logG
    gradient[6] = shares[3]
    return value
  }

  /// α and β at 0.05, 0.1, 0.2 and 0.4 and γ at 0.3, 0.6 and 1.2, prefactors by least squares; the best
  /// eight.
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    let separable = SeparableStarts<Input>(terms: 4) { shape, x in
      SIMD8(
        -shape[0] * x.logN, -shape[1] * x.logD, -shape[2] * x.logG - shape[0] * x.logN, 0, 0, 0, 0,
        0)
    }
    let grid = combinations([[0.05, 0.1, 0.2, 0.4], [0.05, 0.1, 0.2, 0.4], [0.3, 0.6, 1.2]])
    return separable.best(of: grid, for: points).map { found in
      let p = found.logPrefactors
      return inside([p[0], found.shape[0], p[1], found.shape[1], p[2], found.shape[2], p[3]])
    }
  }
}
