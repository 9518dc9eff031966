import Foundation

/// Where the search for the joint law begins: the coefficients of Eq. 13 that separable laws imply.
struct JointLawStart {
  var a: Double
  var d: Double
  var gamma: Double
  var beta: Double
  var activationStart: Double

  /// In the coordinates of `form`.
  func theta(_ form: JointLeverageForm) -> [Double] {
    let all = [
      a, d, gamma, beta, log(activationStart), log(1e18),
    ]
    return zip(form.parameters, all).map { parameter, value in
      let low = parameter.coordinate(of: parameter.lower)
      let high = parameter.coordinate(of: parameter.upper)
      return min(max(value, low), high)
    }
  }

  /// Eq. 13 is log EL = log Â·(a + d·log C + γ·(log G)² + β·log G). So of Eq. 11, b_G = γ·log Â and
  /// b_G·c_G = β·log Â; of Eq. 12, a_C = d·log Â / ln base; and of Eq. 10, a_A is the bracket itself.
  ///
  /// Nil without a law in A.
  init?(_ separable: SeparableLaws, form: JointLeverageForm) {
    let byA = separable.laws(of: .activationRatio)
    guard !byA.isEmpty else { return nil }
    func value(_ law: SeparableLaw, _ name: String) -> Double {
      law.fit.parameter(name)?.value ?? 0
    }
    let starts = byA.map { log(value($0, "A_start")) }
    activationStart = exp(starts.reduce(0, +) / Double(starts.count))
    let logSaturated = { [activationStart] (law: SeparableLaw) in
      log((law.held[.activationRatio] ?? 1) + activationStart)
    }
    let byG = separable.laws(of: .granularity).filter { abs(logSaturated($0)) > 1e-3 }
    func mean(_ values: [Double]) -> Double {
      values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
    let curvature = mean(byG.map { value($0, "b_G") / logSaturated($0) })
    let slope = mean(byG.map { value($0, "b_G") * value($0, "c_G") / logSaturated($0) })
    (gamma, beta) = (curvature, slope)
    let logC = byA.map { form.computeLog($0.held[.compute] ?? 1) }
    let brackets = byA.map { law in
      let g = form.granularityLog(law.held[.granularity] ?? 1)
      return value(law, "a_A") - g * (curvature * g + slope)
    }
    if let line = LogLinearFit(columns: [logC], y: brackets) {
      (a, d) = (line.coefficients[0], line.coefficients[1])
    } else {
      // One budget: its slope in C is Eq. 12's, if there is one.
      let perLog = form.computeLog(exp(1))
      let byC = separable.laws(of: .compute).filter { abs(logSaturated($0)) > 1e-3 }
      let fall = mean(byC.map { value($0, "a_C") / perLog / logSaturated($0) })
      d = fall
      a = mean(zip(brackets, logC).map { $0 - fall * $1 })
    }
  }
}

/// A form with one more start in its grid.
struct StartedForm<Base: NamedLawForm>: NamedLawForm {
  var base: Base
  var start: [Double]

  var name: String { base.name }
  var formula: String { base.formula }
  var origin: String { base.origin }
  var quantity: LawVariable { base.quantity }
  var variables: [LawVariable] { base.variables }
  var parameters: [FormParameter] { base.parameters }
  var published: [PublishedCoefficients] { base.published }
  var options: [FormOption] { base.options }
  var count: Int { base.count }

  func setting(_ option: String, to choice: String) -> Self {
    StartedForm(base: base.setting(option, to: choice), start: start)
  }

  func input(_ values: [Double]) -> Base.Input { base.input(values) }

  func logValue(
    _ theta: UnsafeBufferPointer<Double>, at input: Base.Input,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    base.logValue(theta, at: input, gradient: gradient)
  }

  func bounds(for points: [FitPoint<Base.Input>]) -> ParameterBounds { base.bounds(for: points) }

  func starts(for points: [FitPoint<Base.Input>]) -> [[Double]] {
    base.starts(for: points) + [start]
  }
}
