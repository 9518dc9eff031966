import Foundation
import ScalingLaws

/// log y = a + b·x: a fit whose least squares, standard errors and intervals have closed forms.
struct LineForm: NamedLawForm {
  /// x itself, which is its own logarithm's exponential.
  struct Input: Sendable { var x: Double }

  let name = "line"
  let formula = "y = exp(a + b·x)"
  let origin = "a line"
  let quantity = LawVariable.loss
  let variables = [LawVariable("x", "abscissa", unit: "1")]
  let parameters = [
    FormParameter("a", .linear, -100...100), FormParameter("b", .linear, -100...100),
  ]
  let published: [PublishedCoefficients] = []

  func input(_ values: [Double]) -> Input { Input(x: values[0]) }

  func logValue(
    _ theta: UnsafeBufferPointer<Double>, at input: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = 1
    gradient[1] = input.x
    return theta[0] + theta[1] * input.x
  }

  func starts(for points: [FitPoint<Input>]) -> [[Double]] { [[0, 0], [1, 1], [-1, 1]] }
}

extension LineForm {
  /// `count` rows at x = 1, 2, … about a + b·x.
  static func data(
    a: Double = 0.5, b: Double = -0.1, noise: Double, count: Int, seed: UInt64
  ) -> LawData {
    var generator = SplitMix64(seed: seed)
    return LawData(
      rows: (1...count).map { i in
        LawData.Row(
          run: Int64(100 + i), cell: "\(i % 4)", variables: [Double(i)],
          value: exp(a + b * Double(i) + noise * generator.normal()))
      })
  }
}

/// Ordinary least squares of log y on x, by its textbook formulas.
struct LeastSquaresLine {
  var a: Double
  var b: Double
  var errorA: Double
  var errorB: Double
  var squares: Double

  init(_ data: LawData) {
    let x = data.rows.map { $0.variables[0] }
    let y = data.rows.map { log($0.value) }
    let n = Double(x.count)
    let meanX = x.reduce(0, +) / n
    let meanY = y.reduce(0, +) / n
    let xx = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
    let slope = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / xx
    let intercept = meanY - slope * meanX
    let rest = zip(x, y).reduce(0) {
      $0 + ($1.1 - intercept - slope * $1.0) * ($1.1 - intercept - slope * $1.0)
    }
    a = intercept
    b = slope
    squares = rest
    errorB = (rest / (n - 2) / xx).squareRoot()
    errorA = (rest / (n - 2) * (1 / n + meanX * meanX / xx)).squareRoot()
  }
}
