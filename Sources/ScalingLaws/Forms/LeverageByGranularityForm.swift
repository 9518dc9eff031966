import Foundation

/// EL against granularity at one budget and activation ratio (arXiv 2507.17702, Eq. 11):
/// log EL = a_G + b_G·log G·(log G + c_G), log EL natural. No values are published.
public struct LeverageByGranularityForm: OptimumForm {
  public let name = "leverage-by-granularity"
  public let origin = "Tian et al. 2025, arXiv 2507.17702, Eq. 11"
  public let quantity = LawVariable.leverage
  public let variables = [LawVariable.granularity]
  public let parameters = [
    FormParameter("a_G", .linear, -50...50),
    FormParameter("b_G", .linear, -50...50),
    FormParameter("c_G", .linear, -100...100),
  ]
  public let published: [PublishedCoefficients] = []
  /// The base of log G, which the paper does not state; 2 as in the joint law.
  public let granularityLog: LogBase

  public init(granularityLog: LogBase = .two) {
    self.granularityLog = granularityLog
  }

  public var formula: String {
    let logG = granularityLog.symbol
    return "EL = exp(a_G + b_G·\(logG) G·(\(logG) G + c_G))"
  }

  public var options: [FormOption] { [FormOption("log_G", "base of log G", granularityLog)] }

  public func setting(_ option: String, to choice: String) -> Self {
    Self(granularityLog: LogBase(rawValue: choice) ?? granularityLog)
  }

  /// log G.
  public func input(_ values: [Double]) -> Double { granularityLog(values[0]) }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at g: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let shape = g * (g + theta[2])
    gradient[0] = 1
    gradient[1] = shape
    gradient[2] = theta[1] * g
    return theta[0] + theta[1] * shape
  }

  /// The parabola of least squares, with its curvature and half of it, and flat lines with the
  /// optimum at the middle of the data.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    let parabola = Parabola(points)
    let b = parabola.curvature
    let middle = points.reduce(0) { $0 + $1.input } / Double(max(1, points.count))
    let c = b == 0 ? -2 * middle : parabola.slope / b
    return [
      [parabola.base, b, c], [parabola.base, b / 2, c], [parabola.base, 0.01, -2 * middle],
      [parabola.base, -0.01, -2 * middle],
    ].map(inside)
  }

  public var optimumVariable: LawVariable { .granularity }

  /// G of highest leverage, base^(−c_G / 2); nil where b_G ≥ 0.
  public func optimum(parameters: [Double]) -> Double? {
    parameters[1] < 0 ? granularityLog.power(-parameters[2] / 2) : nil
  }
}
