import Foundation

/// EL = A^(−α)·(β·(log G)² + γ·log G), α = a + d·log C: the form in which the joint law of
/// arXiv 2507.17702 is often summarised. It differs from the paper's Eq. 13, and no coefficients are
/// published for it. At G = 1 it gives 0, so G must be above 1.
public struct SummaryLeverageForm: OptimumForm {
  public let name = "summary"
  public let origin = "a summary of Tian et al. 2025, arXiv 2507.17702, not its Eq. 13"
  public let quantity = LawVariable.leverage
  public let variables: [LawVariable]
  public let parameters = [
    FormParameter("a", .linear, -50...50),
    FormParameter("d", .linear, -10...10),
    FormParameter("β", .linear, -100...100),
    FormParameter("γ", .linear, -100...100),
  ]
  public let published: [PublishedCoefficients] = []
  /// The bases of log C and log G; 10 and 2 as in the joint law.
  public let computeLog: LogBase
  public let granularityLog: LogBase

  public init(computeLog: LogBase = .ten, granularityLog: LogBase = .two) {
    self.computeLog = computeLog
    self.granularityLog = granularityLog
    var granularity = LawVariable.granularity
    granularity.domain = .aboveOne
    variables = [.activationRatio, granularity, .compute]
  }

  public var formula: String {
    let (logC, logG) = (computeLog.symbol, granularityLog.symbol)
    return "EL = A^(−α)·(β·(\(logG) G)² + γ·\(logG) G), α = a + d·\(logC) C"
  }

  public var options: [FormOption] {
    [
      FormOption("log_C", "base of log C", computeLog),
      FormOption("log_G", "base of log G", granularityLog),
    ]
  }

  public func setting(_ option: String, to choice: String) -> Self {
    Self(
      computeLog: option == "log_C" ? LogBase(rawValue: choice) ?? computeLog : computeLog,
      granularityLog: option == "log_G"
        ? LogBase(rawValue: choice) ?? granularityLog : granularityLog)
  }

  /// ln A, log G and log C.
  public struct Input: Sendable {
    var logA: Double
    var logG: Double
    var logC: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(logA: log(values[0]), logG: granularityLog(values[1]), logC: computeLog(values[2]))
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let factor = flooredLog(x.logG * (theta[2] * x.logG + theta[3]))
    gradient[0] = -x.logA
    gradient[1] = -x.logC * x.logA
    gradient[2] = factor.slope * x.logG * x.logG
    gradient[3] = factor.slope * x.logG
    return factor.value - (theta[0] + theta[1] * x.logC) * x.logA
  }

  /// α of least squares in log EL = (a + d·log C)·(−log A) + k, half of it and 0.5; for each, β and γ of
  /// least squares in EL·A^α, and a factor that does not depend on the curvature.
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    var line = NormalEquations(unknowns: 3)
    for point in points {
      let x = point.input
      line.add([-x.logA, -x.logA * x.logC, 1], value: point.logValue)
    }
    let solved = line.solve() ?? line.solve(keeping: [0, 2]) ?? [0.5, 0, 0]
    var starts: [[Double]] = []
    for (a, d) in [(solved[0], solved[1]), (solved[0] / 2, solved[1] / 2), (0.5, 0)] {
      let shape = shapes(a: a, d: d, points)
      let curved = shape.solve() ?? [0, 1]
      let straight = shape.solve(keeping: [1]) ?? [0, 1]
      starts += [[a, d] + curved, [a, d] + straight]
    }
    return starts.map(inside)
  }

  /// The equations for β and γ at a and d.
  private func shapes(a: Double, d: Double, _ points: [FitPoint<Input>]) -> NormalEquations {
    var equations = NormalEquations(unknowns: 2)
    for point in points {
      let x = point.input
      let factor = exp(-(a + d * x.logC) * x.logA - point.logValue)
      let line = x.logG * factor
      equations.add([x.logG * line, line], value: 1)
    }
    return equations
  }

  public var optimumVariable: LawVariable { .granularity }

  /// G of highest leverage, base^(−γ / 2β); nil where β ≥ 0.
  public func optimum(parameters: [Double]) -> Double? {
    parameters[2] < 0 ? granularityLog.power(-parameters[3] / (2 * parameters[2])) : nil
  }
}
