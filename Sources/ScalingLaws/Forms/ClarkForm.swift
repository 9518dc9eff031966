import Foundation

/// log L = a·log N + b·log Ê + c·log N·log Ê + d with the saturating Ê of the number of experts
/// (Clark et al. 2022, arXiv 2202.01169, Eq. 11 and 12).
public struct ClarkForm: NamedLawForm {
  public let name = "clark"
  public let origin = "Clark et al. 2022, arXiv 2202.01169"
  public let quantity = LawVariable.loss
  public let variables = [
    LawVariable("N", "parameters of the dense model that experts are added to", unit: "parameters"),
    LawVariable.experts,
  ]
  public let parameters = [
    FormParameter("a", .linear, -5...5),
    FormParameter("b", .linear, -10...10),
    FormParameter("c", .linear, -5...5),
    FormParameter("d", .linear, -50...50),
    FormParameter("E_start", .logarithmic, 1...20),
    FormParameter("E_max", .logarithmic, 21...1e9),
  ]
  public let published = [
    router("s-base", [-0.082, -0.108, 0.009, 1.104, 1.847, 314.478]),
    router("rl-r", [-0.083, -0.126, 0.012, 1.111, 1.880, 469.982]),
    router("hash", [-0.087, -0.136, 0.012, 1.157, 4.175, 477.741]),
  ]
  /// The base of every logarithm; the published values hold with base 10, which the paper leaves out.
  public let base: LogBase

  public init(base: LogBase = .ten) {
    self.base = base
    unit = log(base.power(1))
  }

  /// ln of the base.
  private let unit: Double

  private static func router(_ name: String, _ values: [Double]) -> PublishedCoefficients {
    PublishedCoefficients(
      name: "clark-2202.01169", variant: name, arXiv: "2202.01169",
      place: "the law of three routers",
      values: values,
      conventions: ["logarithms have base 10", "every model was trained on 130B tokens"])
  }

  public var formula: String {
    let log = base.symbol
    return "\(log) L = a·\(log) N + b·\(log) Ê + c·\(log) N·\(log) Ê + d, "
      + "1/Ê = 1/(E − 1 + (1/E_start − 1/E_max)^(−1)) + 1/E_max"
  }

  public var options: [FormOption] { [FormOption("log", "base of every logarithm", base)] }

  public func setting(_ option: String, to choice: String) -> ClarkForm {
    ClarkForm(base: LogBase(rawValue: choice) ?? base)
  }

  /// log N and E − 1.
  public struct Input: Sendable {
    var logN: Double
    var added: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(logN: base(values[0]), added: values[1] - 1)
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let experts = Saturation(logStart: theta[4], logMax: theta[5]).logarithm(at: x.added)
    let logE = experts.value / unit
    let byExperts = theta[1] + theta[2] * x.logN
    gradient[0] = unit * x.logN
    gradient[1] = unit * logE
    gradient[2] = unit * x.logN * logE
    gradient[3] = unit
    gradient[4] = byExperts * experts.byLogStart
    gradient[5] = byExperts * experts.byLogMax
    return unit * (theta[0] * x.logN + byExperts * logE + theta[3])
  }

  /// E_start at 1.2, 2, 4 and 8, E_max at 1e2, 5e2, 5e3 and 1e6, the four linear coefficients by least
  /// squares.
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    combinations([[1.2, 2, 4, 8], [1e2, 5e2, 5e3, 1e6]]).map { shape in
      let logs = shape.map { log($0) }
      let experts = Saturation(logStart: logs[0], logMax: logs[1])
      var equations = NormalEquations(unknowns: 4)
      for point in points {
        let x = point.input
        let logE = experts.logarithm(at: x.added).value / unit
        equations.add([x.logN, logE, x.logN * logE, 1], value: point.logValue / unit)
      }
      let solution =
        equations.solve() ?? equations.solve(keeping: [0, 3]) ?? equations.solve(keeping: [3])
        ?? [0, 0, 0, 0]
      return inside(solution + logs)
    }
  }
}
