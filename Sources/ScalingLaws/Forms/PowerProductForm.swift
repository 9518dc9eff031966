import Foundation

/// y = a·x₁^b·x₂^c…: a power law in one variable or several, the form of hyperparameter and
/// allocation laws and of a loss curve without an irreducible term.
public struct PowerProductForm: NamedLawForm {
  public let name: String
  public let formula: String
  public let origin: String
  public let quantity: LawVariable
  public let variables: [LawVariable]
  public let parameters: [FormParameter]
  public let published: [PublishedCoefficients]
  /// a, and an exponent for each variable.
  public let count: Int

  /// - Parameter variables: one to three.
  init(
    _ name: String, _ quantity: LawVariable, by variables: [LawVariable],
    origin: String, published: [PublishedCoefficients] = []
  ) {
    let exponents = ["b", "c", "d"].prefix(variables.count)
    self.name = name
    self.origin = origin
    self.quantity = quantity
    self.variables = variables
    self.published = published
    count = variables.count + 1
    formula =
      "\(quantity.name) = a·"
      + zip(variables, exponents).map { "\($0.name)^\($1)" }.joined(separator: "·")
    parameters =
      [FormParameter("a", .logarithmic, 1e-300...1e300)]
      + exponents.map { FormParameter($0, .linear, -50...50) }
  }

  /// The logarithms of the variables.
  public typealias Input = SIMD4<Double>

  public func input(_ values: [Double]) -> SIMD4<Double> {
    var logs = SIMD4<Double>()
    for (i, value) in values.enumerated() { logs[i] = log(value) }
    return logs
  }

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at x: SIMD4<Double>,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = 1
    var value = theta[0]
    for k in 1..<count {
      gradient[k] = x[k - 1]
      value += theta[k] * x[k - 1]
    }
    return value
  }

  /// Least squares, and half, none and twice its exponents through the mean of the data.
  public func starts(for points: [FitPoint<SIMD4<Double>>]) -> [[Double]] {
    let n = Double(points.count)
    let middle = points.reduce(SIMD4()) { $0 + $1.input } / n
    let mean = points.reduce(0) { $0 + $1.logValue } / n
    var equations = NormalEquations(unknowns: count - 1)
    for point in points {
      let offset = point.input - middle
      equations.add((0..<count - 1).map { offset[$0] }, value: point.logValue - mean)
    }
    let slopes = equations.solve() ?? [Double](repeating: 0, count: count - 1)
    return [1, 0, 0.5, 2].map { factor in
      let exponents = slopes.map { $0 * factor }
      let reached = exponents.indices.reduce(0) { $0 + exponents[$1] * middle[$1] }
      return inside([mean - reached] + exponents)
    }
  }
}
