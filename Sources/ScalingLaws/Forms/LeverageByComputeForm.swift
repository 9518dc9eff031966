import Foundation

/// EL against compute for one architecture (arXiv 2507.17702, Eq. 12): log EL = a_C·log C + c_C, in
/// natural logarithms. No values are published.
public struct LeverageByComputeForm: NamedLawForm {
  public let name = "leverage-by-compute"
  public let formula = "EL = exp(c_C)·C^a_C"
  public let origin = "Tian et al. 2025, arXiv 2507.17702, Eq. 12"
  public let quantity = LawVariable.leverage
  public let variables = [LawVariable.compute]
  public let parameters = [
    FormParameter("a_C", .linear, -10...10),
    FormParameter("c_C", .linear, -700...700),
  ]
  public let published: [PublishedCoefficients] = []

  public init() {}

  /// ln C.
  public func input(_ values: [Double]) -> Double { log(values[0]) }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at c: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = c
    gradient[1] = 1
    return theta[0] * c + theta[1]
  }

  /// The line of least squares, and lines of half, none and twice its slope through the mean.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    let line = leastSquaresLine(points)
    let middle = points.reduce(0) { $0 + $1.input } / Double(max(1, points.count))
    let mean = line.mean + line.slope * middle
    return [1, 0, 0.5, 2].map { inside([line.slope * $0, mean - line.slope * $0 * middle]) }
  }
}
