/// One observation: what the law sees, and the logarithm of what it should give.
public struct FitPoint<Input: Sendable>: Sendable {
  public var input: Input
  public var logValue: Double

  public init(input: Input, logValue: Double) {
    self.input = input
    self.logValue = logValue
  }
}

/// Box constraints on the fitted coordinates.
public struct ParameterBounds: Hashable, Sendable {
  public var lower: [Double]
  public var upper: [Double]

  public init(lower: [Double], upper: [Double]) {
    self.lower = lower
    self.upper = upper
  }
}

/// A functional form in the coordinates in which it is fitted: positive parameters as logarithms,
/// and the prediction as a logarithm too.
public protocol LawForm: Sendable {
  associatedtype Input: Sendable

  /// The name under which a fit is stored.
  var name: String { get }
  /// Number of fitted coordinates.
  var count: Int { get }
  /// The coordinates θ = ln p of the parameters that y itself is linear in, all of them together: the
  /// factors of its terms. None unless a form says so.
  var amplitudes: [Int] { get }

  /// log y at `input`, and ∂ log y / ∂θ into `gradient` (`count` values each).
  func logValue(
    _ theta: UnsafeBufferPointer<Double>, at input: Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double

  /// log y at each input into `values`, and its gradient into a row of `jacobian` (inputs × `count`).
  /// The default asks `logValue`; it is a requirement so that each form has its own compiled loop.
  func logValues(
    _ theta: UnsafeBufferPointer<Double>, at inputs: [Input],
    values: UnsafeMutableBufferPointer<Double>, jacobian: UnsafeMutableBufferPointer<Double>)

  /// The box that the minimiser stays in.
  func bounds(for points: [FitPoint<Input>]) -> ParameterBounds
  /// The documented grid of starts for these points.
  func starts(for points: [FitPoint<Input>]) -> [[Double]]
}

extension LawForm {
  public var amplitudes: [Int] { [] }

  public func logValues(
    _ theta: UnsafeBufferPointer<Double>, at inputs: [Input],
    values: UnsafeMutableBufferPointer<Double>, jacobian: UnsafeMutableBufferPointer<Double>
  ) {
    let count = count
    for (row, input) in inputs.enumerated() {
      let gradient = UnsafeMutableBufferPointer(
        rebasing: jacobian[(row * count)..<((row + 1) * count)])
      values[row] = logValue(theta, at: input, gradient: gradient)
    }
  }

  /// log y at `input` alone.
  public func logValue(_ theta: [Double], at input: Input) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { gradient in
      theta.withUnsafeBufferPointer { logValue($0, at: input, gradient: gradient) }
    }
  }
}
