import Foundation

/// A U in one variable, L = exp(a + b·x + c·x²), with x = log G or x = S: loss against granularity is
/// a polynomial in log G, loss against the shared ratio a U (arXiv 2507.17702). The paper prints
/// no coefficients.
public struct ParabolaForm: OptimumForm {
  public let name: String
  public let formula: String
  public let origin: String
  public let quantity = LawVariable.loss
  public let variables: [LawVariable]
  public let parameters = [
    FormParameter("a", .linear, -50...50),
    FormParameter("b", .linear, -50...50),
    FormParameter("c", .linear, -50...50),
  ]
  public let published: [PublishedCoefficients] = []
  /// The base of the logarithm that x is taken in; nil where x is the variable itself.
  public let variableLog: LogBase?

  private init(_ variable: LawVariable, log variableLog: LogBase?, name: String, origin: String) {
    self.name = name
    self.origin = origin
    self.variableLog = variableLog
    variables = [variable]
    let x = variableLog.map { "\($0.symbol) \(variable.name)" } ?? variable.name
    formula = "L = exp(a + b·\(x) + c·(\(x))²)"
  }

  /// L against granularity; log G has base 2 as in the joint law.
  public static func lossByGranularity(log base: LogBase = .two) -> ParabolaForm {
    ParabolaForm(
      .granularity, log: base, name: "loss-by-granularity",
      origin: "Tian et al. 2025, arXiv 2507.17702, on granularity")
  }

  /// L against the shared ratio.
  public static let lossBySharedRatio = ParabolaForm(
    .sharedRatio, log: nil, name: "loss-by-shared-ratio",
    origin: "Tian et al. 2025, arXiv 2507.17702, on shared experts")

  public var options: [FormOption] {
    variableLog.map { [FormOption("log_G", "base of log G", $0)] } ?? []
  }

  public func setting(_ option: String, to choice: String) -> ParabolaForm {
    LogBase(rawValue: choice).map { .lossByGranularity(log: $0) } ?? self
  }

  public func input(_ values: [Double]) -> Double { variableLog?(values[0]) ?? values[0] }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = 1
    gradient[1] = x
    gradient[2] = x * x
    return theta[0] + x * (theta[1] + x * theta[2])
  }

  /// The parabola of least squares, half its curvature and slope, and a constant.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    let found = Parabola(points)
    return [1, 0.5, 0].map { inside([found.base, found.slope * $0, found.curvature * $0]) }
  }

  public var optimumVariable: LawVariable { variables[0] }

  /// Where the loss is lowest, x = −b / 2c; nil where c ≤ 0, and where that is no value that the
  /// variable can take.
  public func optimum(parameters: [Double]) -> Double? {
    guard parameters[2] > 0 else { return nil }
    let x = -parameters[1] / (2 * parameters[2])
    let best = variableLog?.power(x) ?? x
    return variables[0].domain.contains(best) ? best : nil
  }
}
