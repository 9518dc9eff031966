import Foundation

/// L = a·C^(−b) + E: the loss curve of one family with an irreducible term, as in the later version of
/// arXiv 2507.17702.
public struct OffsetLossForm: NamedLawForm {
  public let name = "loss-by-compute-with-offset"
  public let formula = "L = a·C^(−b) + E"
  public let origin = "Tian et al. 2025, arXiv 2507.17702, the later version"
  public let quantity = LawVariable.loss
  public let variables = [LawVariable.compute]
  public let parameters = [
    FormParameter("a", .logarithmic, 1e-6...1e30),
    FormParameter("b", .linear, 1e-3...5),
    FormParameter("E", .logarithmic, 1e-4...100),
  ]
  public let amplitudes = [0, 2]
  public let published: [PublishedCoefficients] = []

  public init() {}

  /// ln C.
  public func input(_ values: [Double]) -> Double { log(values[0]) }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at c: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let (value, shares) = logSum(SIMD2(theta[0] - theta[1] * c, theta[2]))
    gradient[0] = shares[0]
    gradient[1] = -shares[0] * c
    gradient[2] = shares[1]
    return value
  }

  /// b from 0.02 to 1.28 by factors of 2, a and E by least squares.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    let separable = SeparableStarts<Double>(terms: 2) { shape, c in
      SIMD8(-shape[0] * c, 0, 0, 0, 0, 0, 0, 0)
    }
    return separable.best(
      of: [0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28].map { [$0] }, for: points
    ).map { inside([$0.logPrefactors[0], $0.shape[0], $0.logPrefactors[1]]) }
  }
}
