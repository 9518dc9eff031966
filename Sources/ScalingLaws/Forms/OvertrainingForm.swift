import Foundation

/// L = E + (a·m^η + b·m^(−η))·C^(−η) with m = D/N tokens per parameter: loss of models that are trained
/// past or short of their best number of tokens (Gadre et al. 2024, arXiv 2403.08540).
public struct OvertrainingForm: NamedLawForm {
  public let name = "gadre"
  public let formula = "L = E + (a·m^η + b·m^(−η))·C^(−η)"
  public let origin = "Gadre et al. 2024, arXiv 2403.08540"
  public let quantity = LawVariable.loss
  public let variables = [
    LawVariable.compute,
    LawVariable("m", "training tokens per parameter D/N", unit: "tokens per parameter"),
  ]
  public let parameters = [
    FormParameter("E", .logarithmic, 1e-3...20),
    FormParameter("a", .logarithmic, 1e-6...1e15),
    FormParameter("b", .logarithmic, 1e-6...1e15),
    FormParameter("η", .linear, 1e-3...3),
  ]
  public let amplitudes = [0, 1, 2]
  public let published: [PublishedCoefficients] = []

  public init() {}

  /// ln C and ln m.
  public struct Input: Sendable {
    var logC: Double
    var logM: Double
  }

  public func input(_ values: [Double]) -> Input {
    Input(logC: log(values[0]), logM: log(values[1]))
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let (value, shares) = logSum(
      SIMD3(
        theta[0], theta[1] + theta[3] * (x.logM - x.logC),
        theta[2] - theta[3] * (x.logM + x.logC)))
    gradient[0] = shares[0]
    gradient[1] = shares[1]
    gradient[2] = shares[2]
    gradient[3] = shares[1] * (x.logM - x.logC) - shares[2] * (x.logM + x.logC)
    return value
  }

  /// η at 0.05, 0.1, 0.2, 0.4 and 0.8, prefactors by least squares.
  public func starts(for points: [FitPoint<Input>]) -> [[Double]] {
    let separable = SeparableStarts<Input>(terms: 3) { s, x in
      SIMD8(0, s[0] * (x.logM - x.logC), -s[0] * (x.logM + x.logC), 0, 0, 0, 0, 0)
    }
    return separable.best(of: [0.05, 0.1, 0.2, 0.4, 0.8].map { [$0] }, for: points).map { found in
      inside(found.logPrefactors + found.shape)
    }
  }
}
