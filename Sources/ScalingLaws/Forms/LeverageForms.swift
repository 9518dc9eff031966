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

/// EL against granularity at one budget and activation ratio (arXiv 2507.17702, Eq. 11):
/// log EL = a_G + b_G·log G·(log G + c_G), log EL natural. No values are published.
public struct LeverageByGranularityForm: OptimumForm {
  public let name = "leverage-by-granularity"
  public let formula = "EL = exp(a_G + b_G·log G·(log G + c_G))"
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
