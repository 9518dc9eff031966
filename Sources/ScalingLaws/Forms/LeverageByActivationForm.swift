import Foundation

/// EL against the activation ratio at one budget and granularity (arXiv 2507.17702, Eq. 10):
/// log EL = a_A·log Â. No values of a_A are published; its size grows with C.
public struct LeverageByActivationForm: NamedLawForm {
  public let name = "leverage-by-activation"
  public let formula = "EL = Â^a_A, 1/Â = 1/(A + (1/A_start − 1/A_max)^(−1)) + 1/A_max"
  public let origin = "Tian et al. 2025, arXiv 2507.17702, Eq. 10"
  public let quantity = LawVariable.leverage
  public let variables = [LawVariable.activationRatio]
  public let parameters = [
    FormParameter("a_A", .linear, -50...50),
    FormParameter("A_start", .logarithmic, 1e-8...0.9),
    FormParameter("A_max", .logarithmic, 1.5...1e18),
  ]
  public let published: [PublishedCoefficients] = []

  public init() {}

  public func input(_ values: [Double]) -> Double { values[0] }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at a: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let saturated = Saturation(logStart: theta[1], logMax: theta[2]).logarithm(at: a)
    gradient[0] = saturated.value
    gradient[1] = theta[0] * saturated.byLogStart
    gradient[2] = theta[0] * saturated.byLogMax
    return theta[0] * saturated.value
  }

  /// A_start at 1e-4, 1e-3, 1e-2 and 1e-1, A_max at 2, 1e2 and 1e12, each with the exponent of least
  /// squares and half of it.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    combinations([[1e-4, 1e-3, 1e-2, 1e-1], [2, 1e2, 1e12], [1, 0.5]]).map { start in
      let shape = Saturation(logStart: log(start[0]), logMax: log(start[1]))
      var (xx, xy) = (0.0, 0.0)
      for point in points {
        let x = shape.logarithm(at: point.input).value
        xx += x * x
        xy += x * point.logValue
      }
      let slope = xx > 0 ? xy / xx : -0.5
      return inside([slope * start[2], log(start[0]), log(start[1])])
    }
  }
}
