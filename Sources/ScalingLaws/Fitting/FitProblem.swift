/// What is fitted in one minimisation: log y of each row and how much the row counts. A resample, a
/// row left out and a held-out set are all samples of the same problem.
struct FitSample: Sendable {
  var targets: [Double]
  /// 0 leaves a row out; 2 counts it twice.
  var weights: [Double]
}

/// A form, its inputs and its box as a minimiser sees them. The form's type is erased at the level of
/// all rows at once, so that the inner loops stay the form's own.
struct FitProblem: Sendable {
  /// log ŷ of each row, and ∂ log ŷ / ∂θ in rows of `count`.
  typealias Model =
    @Sendable (
      _ theta: UnsafeBufferPointer<Double>, _ values: UnsafeMutableBufferPointer<Double>,
      _ jacobian: UnsafeMutableBufferPointer<Double>
    ) -> Void

  /// The form's name.
  var form: String
  /// Coordinates, fixed ones included.
  var count: Int
  var rows: Int
  /// The coordinates ln p of parameters that y is linear in, all of them together.
  var amplitudes: [Int]
  var loss: ResidualLoss
  /// A coordinate whose two ends are equal is held there.
  var bounds: ParameterBounds
  var model: Model

  init<Form: LawForm>(
    form: Form, inputs: [Form.Input], loss: ResidualLoss, bounds: ParameterBounds
  ) {
    self.form = form.name
    count = form.count
    rows = inputs.count
    amplitudes = form.amplitudes
    self.loss = loss
    self.bounds = bounds
    model = { form.logValues($0, at: inputs, values: $1, jacobian: $2) }
  }

  /// Coordinates that are not held.
  var free: [Int] { (0..<count).filter { bounds.lower[$0] < bounds.upper[$0] } }

  /// The same problem with one more coordinate held.
  func holding(_ index: Int, at value: Double) -> FitProblem {
    var held = self
    held.bounds.lower[index] = value
    held.bounds.upper[index] = value
    return held
  }
}

extension FitProblem {
  /// The model at every row.
  struct Evaluation {
    /// log ŷ.
    var values: [Double]
    /// rows × count.
    var jacobian: [Double]

    init(_ problem: FitProblem) {
      values = [Double](repeating: 0, count: problem.rows)
      jacobian = [Double](repeating: 0, count: problem.rows * problem.count)
    }

    mutating func evaluate(_ problem: FitProblem, at theta: UnsafeBufferPointer<Double>) {
      values.withUnsafeMutableBufferPointer { values in
        jacobian.withUnsafeMutableBufferPointer { problem.model(theta, values, $0) }
      }
    }
  }

  func evaluation(at theta: [Double]) -> Evaluation {
    var evaluation = Evaluation(self)
    theta.withUnsafeBufferPointer { evaluation.evaluate(self, at: $0) }
    return evaluation
  }

  /// log y − log ŷ of each row.
  func residuals(of targets: [Double], at theta: [Double]) -> [Double] {
    zip(targets, evaluation(at: theta).values).map { $0 - $1 }
  }
}

extension ParameterBounds {
  /// The point of the box nearest to `theta`.
  func clamping(_ theta: [Double]) -> [Double] {
    zip(theta, zip(lower, upper)).map { min(max($0, $1.0), $1.1) }
  }

  /// Whether the box keeps a descent along −`gradient` from moving coordinate `k`.
  @inline(__always)
  func holds(_ k: Int, theta: Double, gradient: Double) -> Bool {
    (theta <= lower[k] && gradient >= 0) || (theta >= upper[k] && gradient <= 0)
      || lower[k] == upper[k]
  }

  /// Largest component of the gradient that the box does not hold back.
  func freeGradient(_ gradient: UnsafeBufferPointer<Double>, at theta: [Double]) -> Double {
    var largest = 0.0
    for k in theta.indices where !holds(k, theta: theta[k], gradient: gradient[k]) {
      largest = max(largest, abs(gradient[k]))
    }
    return largest
  }
}
