import Foundation

/// L = (a_S·(1−S)^b_S + c_S)·(1/N)^b_N + (a_D/D)^b_D + c with the sparsity S of a pruned dense model's
/// weights (Frantar et al. 2023, arXiv 2309.08520).
public struct WeightSparsityForm: NamedLawForm {
  public let name = "frantar"
  public let formula = "L = (a_S·(1−S)^b_S + c_S)·(1/N)^b_N + (a_D/D)^b_D + c"
  public let origin = "Frantar et al. 2023, arXiv 2309.08520"
  public let quantity = LawVariable.loss
  public let variables = [
    LawVariable("N", "weights that are not zero", unit: "parameters"),
    LawVariable("D", "training data, in the units of the source", unit: "tokens or images"),
    LawVariable("S", "share of the weights that is zero", unit: "1", domain: .share),
  ]
  public let parameters = [
    FormParameter("a_S", .logarithmic, 1e-6...1e15),
    FormParameter("b_S", .linear, 0...10),
    FormParameter("c_S", .logarithmic, 1e-6...1e15),
    FormParameter("b_N", .linear, 0...3),
    FormParameter("a_D", .logarithmic, 1e-6...1e30),
    FormParameter("b_D", .linear, 1e-3...5),
    FormParameter("c", .logarithmic, 1e-4...20),
  ]
  public let amplitudes = [0, 2, 6]
  public let published = [
    set("t5", [16.8, 0.722, 45.0, 0.245, 6.90e8, 0.203, 0.651], "T5 on C4"),
    set("vit", [294, 0.821, 468, 0.392, 2.37e8, 0.890, 4.517], "ViT on JFT"),
  ]

  public init() {}

  private static func set(
    _ variant: String, _ values: [Double], _ data: String
  ) -> PublishedCoefficients {
    PublishedCoefficients(
      name: "frantar-2309.08520", variant: variant, arXiv: "2309.08520", place: "the fitted law",
      values: values, conventions: [data])
  }

  /// ln N, ln D and ln(1 − S).
  public struct Input: Sendable {
    var logN: Double
    var logD: Double
    var logDense: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(logN: log(values[0]), logD: log(values[1]), logDense: log1p(-values[2]))
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let byN = theta[3] * x.logN
    let byData = theta[4] - x.logD
    let (value, shares) = logSum(
      SIMD4(
        theta[0] + theta[1] * x.logDense - byN, theta[2] - byN, theta[5] * byData, theta[6]))
    gradient[0] = shares[0]
    gradient[1] = shares[0] * x.logDense
    gradient[2] = shares[1]
    gradient[3] = -(shares[0] + shares[1]) * x.logN
    gradient[4] = shares[2] * theta[5]
    gradient[5] = shares[2] * byData
    gradient[6] = shares[3]
    return value
  }

  /// b_S at 0.4, 0.8 and 1.6, b_N at 0.1, 0.2 and 0.4, b_D at 0.1, 0.2, 0.4 and 0.8, prefactors by least
  /// squares; the best eight.
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    let separable = SeparableStarts<Input>(terms: 4) { s, x in
      SIMD8(
        s[0] * x.logDense - s[1] * x.logN, -s[1] * x.logN, -s[2] * x.logD, 0, 0, 0, 0, 0)
    }
    let grid = combinations([[0.4, 0.8, 1.6], [0.1, 0.2, 0.4], [0.1, 0.2, 0.4, 0.8]])
    return separable.best(of: grid, for: points).map { found in
      let (s, p) = (found.shape, found.logPrefactors)
      return inside([p[0], s[0], p[1], s[1], p[2] / s[2], s[2], p[3]])
    }
  }
}
