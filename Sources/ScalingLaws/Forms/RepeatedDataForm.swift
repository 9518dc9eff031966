import Foundation

/// L = E + A/N'^α + B/D'^β with the effective parameters and data of training that repeats its tokens
/// (Muennighoff et al. 2023, arXiv 2305.16264): for U unique tokens,
///
///     U_D = min(U, D),  R_D = D/U_D − 1,  D' = U_D + U_D·R*_D·(1 − e^(−R_D/R*_D)),
///     U_N = min(N, 0.051·U_D),  R_N = N/U_N − 1,  N' likewise with R*_N.
public struct RepeatedDataForm: NamedLawForm {
  public let name = "muennighoff"
  public let formula =
    "L = E + A/N'^α + B/D'^β, D' = U_D·(1 + R*_D·(1 − e^(−R_D/R*_D))), "
    + "N' = U_N·(1 + R*_N·(1 − e^(−R_N/R*_N)))"
  public let origin = "Muennighoff et al. 2023, arXiv 2305.16264"
  public let quantity = LawVariable.loss
  public let variables = [LawVariable.parameterCount, .tokens, .uniqueTokens]
  public let parameters = [
    FormParameter("E", .logarithmic, 1e-3...20),
    FormParameter("A", .logarithmic, 1e-6...1e15),
    FormParameter("B", .logarithmic, 1e-6...1e15),
    FormParameter("α", .linear, 0...3),
    FormParameter("β", .linear, 0...3),
    FormParameter("R*_D", .logarithmic, 1e-2...1e4),
    FormParameter("R*_N", .logarithmic, 1e-2...1e4),
  ]
  public let amplitudes = [0, 1, 2]
  public let published = [
    PublishedCoefficients(
      name: "muennighoff-2305.16264", variant: "dense", arXiv: "2305.16264",
      place: "the fitted law",
      // Fitted as logarithms: e, a, b; α and β were held equal.
      values: [
        exp(0.6254804), exp(6.255414), exp(7.3049974), 0.3526596, 0.3526596, 15.387756, 5.309743,
      ],
      conventions: ["U_N = 0.051·U_D: the best size for the unique tokens"])
  ]
  /// U_N / U_D, the parameters for which one unique token each is compute-optimal.
  public static let uniqueParametersPerToken = 0.051

  public init() {}

  /// ln U_N, R_N, ln U_D and R_D.
  public struct Input: Sendable {
    var logUniqueN: Double
    var excessN: Double
    var logUniqueD: Double
    var epochs: Double
  }

  public func input(_ values: [Double]) -> Input {
    let uniqueD = min(values[1], values[2])
    let uniqueN = min(values[0], Self.uniqueParametersPerToken * uniqueD)
    return Input(
      logUniqueN: log(uniqueN), excessN: values[0] / uniqueN - 1, logUniqueD: log(uniqueD),
      epochs: values[1] / uniqueD - 1)
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let data = Self.worth(of: x.epochs, logScale: theta[5])
    let size = Self.worth(of: x.excessN, logScale: theta[6])
    let logN = x.logUniqueN + size.value
    let logD = x.logUniqueD + data.value
    let (value, shares) = logSum(
      SIMD3(theta[0], theta[1] - theta[3] * logN, theta[2] - theta[4] * logD))
    gradient[0] = shares[0]
    gradient[1] = shares[1]
    gradient[2] = shares[2]
    gradient[3] = -shares[1] * logN
    gradient[4] = -shares[2] * logD
    gradient[5] = -shares[2] * theta[4] * data.byLogScale
    gradient[6] = -shares[1] * theta[3] * size.byLogScale
    return value
  }

  /// ln(1 + R*·(1 − e^(−R/R*))) and its derivative by ln R*.
  @inline(__always)
  private static func worth(
    of repeats: Double, logScale: Double
  ) -> (value: Double, byLogScale: Double) {
    let scale = exp(logScale)
    let reach = repeats / scale
    let gone = -expm1(-reach)
    let worth = 1 + scale * gone
    return (log(worth), scale * (gone - reach * (1 - gone)) / worth)
  }

  /// α and β at 0.2, 0.35 and 0.6, R*_D and R*_N at 5 and 20, prefactors by least squares; the best
  /// eight.
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    let separable = SeparableStarts<Input>(terms: 3) { s, x in
      let logD = x.logUniqueD + Self.worth(of: x.epochs, logScale: s[2]).value
      let logN = x.logUniqueN + Self.worth(of: x.excessN, logScale: s[3]).value
      return SIMD8(0, -s[0] * logN, -s[1] * logD, 0, 0, 0, 0, 0)
    }
    let scales = [log(5.0), log(20.0)]
    let grid = combinations([[0.2, 0.35, 0.6], [0.2, 0.35, 0.6], scales, scales])
    return separable.best(of: grid, for: points).map { found in
      inside(found.logPrefactors + found.shape)
    }
  }
}
