import Foundation

/// L = (x_c/x)^α: Kaplan et al.'s laws in one variable, where the others do not limit the loss
/// (arXiv 2001.08361, Eq. 1.1 to 1.3).
public struct CriticalPowerForm: NamedLawForm {
  public let name: String
  public let formula: String
  public let origin = "Kaplan et al. 2020, arXiv 2001.08361, Eq. 1.1 to 1.3"
  public let quantity = LawVariable.loss
  public let variables: [LawVariable]
  public let parameters: [FormParameter]
  public let published: [PublishedCoefficients]

  private init(
    _ name: String, by variable: LawVariable, _ place: String, values: [Double],
    conventions: [String] = []
  ) {
    self.name = name
    let letter = variable.name
    formula = "L = (\(letter)_c/\(letter))^α"
    variables = [variable]
    parameters = [
      FormParameter("\(letter)_c", .logarithmic, 1e-30...1e60),
      FormParameter("α", .linear, 1e-4...5),
    ]
    published = [
      PublishedCoefficients(
        name: "kaplan-2001.08361", arXiv: "2001.08361", place: place, values: values,
        conventions: conventions)
    ]
  }

  /// L of models trained to convergence on enough data.
  public static let byParameters = CriticalPowerForm(
    "kaplan-by-parameters", by: .parameterCount, "Eq. 1.1", values: [8.8e13, 0.076],
    conventions: ["N counts no embeddings"])

  /// L of large models trained with early stopping.
  public static let byTokens = CriticalPowerForm(
    "kaplan-by-tokens", by: .tokens, "Eq. 1.2", values: [5.4e13, 0.095])

  /// L of models of the best size for the least compute.
  public static let byLeastCompute = CriticalPowerForm(
    "kaplan-by-compute",
    by: LawVariable("C_min", "least compute that reaches the loss", unit: "PF-days"),
    "Eq. 1.3", values: [3.1e8, 0.050])

  /// ln x.
  public func input(_ values: [Double]) -> Double { log(values[0]) }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = theta[1]
    gradient[1] = theta[0] - x
    return theta[1] * (theta[0] - x)
  }

  /// The line of least squares, and lines of half and twice its slope through the mean.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    let line = leastSquaresLine(points)
    let middle = points.reduce(0) { $0 + $1.input } / Double(max(1, points.count))
    let mean = line.mean + line.slope * middle
    return [1, 0.5, 2].map { factor in
      let alpha = min(max(-line.slope * factor, 1e-3), 5)
      return inside([mean / alpha + middle, alpha])
    }
  }
}
