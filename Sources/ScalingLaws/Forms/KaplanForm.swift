import Foundation

/// L = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D (Kaplan et al. 2020, arXiv 2001.08361, Eq. 1.5).
public struct KaplanForm: SizeAndDataForm {
  public let name = "kaplan"
  public let formula = "L = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D"
  public let origin = "Kaplan et al. 2020, arXiv 2001.08361, Eq. 1.5"
  public let parameters = [
    FormParameter("N_c", .logarithmic, 1...1e40),
    FormParameter("D_c", .logarithmic, 1...1e40),
    FormParameter("α_N", .linear, 1e-3...2),
    FormParameter("α_D", .linear, 1e-3...2),
  ]
  public let published = [
    PublishedCoefficients(
      name: "kaplan-2001.08361", arXiv: "2001.08361", place: "Eq. 1.5",
      values: [6.4e13, 1.8e13, 0.076, 0.103],
      conventions: ["N counts no embeddings"])
  ]

  public init() {}

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: SizeAndData,
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
  public func starts(for points: [FitPoint<SizeAndData>]) -> [[Double]] {
    let exponents = [0.03, 0.1, 0.3]
    let separable = SeparableStarts<SizeAndData>(terms: 2) { shape, x in
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
