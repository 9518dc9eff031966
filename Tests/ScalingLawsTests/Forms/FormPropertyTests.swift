import Foundation
import Testing

import ScalingLaws

/// One form among the arguments of a test, shown by its name.
struct FormCase: CustomTestStringConvertible, Sendable {
  var form: any NamedLawForm
  var testDescription: String {
    ([form.name] + form.options.map { "\($0.name)=\($0.choice)" }).joined(separator: " ")
  }

  /// Every form with its defaults, then each other choice of each option.
  static let all: [FormCase] = LawForms.all.flatMap { form in
    [FormCase(form: form)]
      + form.options.flatMap { option in
        option.choices.filter { $0 != option.choice }.map {
          FormCase(form: form.setting(option.name, to: $0))
        }
      }
  }

  /// Those that differ in what is fitted.
  static let fitted: [FormCase] =
    LawForms.all.map { FormCase(form: $0) } + [
      FormCase(form: JointLeverageForm(saturation: .start)),
      FormCase(form: JointLeverageForm(saturation: .none)),
    ]

  /// Sample parameters, as many as this choice of options leaves.
  var parameters: [Double] {
    Array(
      FormSample.parameters(of: LawForms.all.first { $0.name == form.name }!)
        .prefix(form.parameters.count))
  }
}

@Suite("Every form")
struct FormPropertyTests {
  @Test(
    "Its gradient agrees with central differences near the published values",
    arguments: FormCase.all)
  func gradients(sample: FormCase) {
    func check<Form: NamedLawForm>(_ form: Form) {
      var generator = SplitMix64(seed: 11)
      var worst: [Double] = Array(repeating: 0, count: form.count)
      for _ in 0..<100 {
        let theta = FormSample.coordinates(near: sample.parameters, of: form, &generator)
        let input = form.input(FormSample.point(of: form, &generator))
        var gradient = [Double](repeating: .nan, count: form.count)
        theta.withUnsafeBufferPointer { theta in
          gradient.withUnsafeMutableBufferPointer {
            _ = form.logValue(theta, at: input, gradient: $0)
          }
        }
        for k in theta.indices {
          let step = 1e-5
          var (above, below) = (theta, theta)
          above[k] += step
          below[k] -= step
          let difference =
            (form.logValue(above, at: input) - form.logValue(below, at: input)) / (2 * step)
          let error = abs(difference - gradient[k]) / max(1, abs(gradient[k]))
          worst[k] = error.isFinite ? max(worst[k], error) : .infinity
        }
      }
      for (parameter, error) in zip(form.parameters, worst) {
        #expect(error < 3e-6, "\(parameter.name)")
      }
    }
    check(sample.form)
  }

  @Test("Its starts lie in its box, on clean data and on noise", arguments: FormCase.all)
  func starts(sample: FormCase) {
    func check<Form: NamedLawForm>(_ form: Form) {
      var generator = SplitMix64(seed: 12)
      let theta = form.coordinates(of: sample.parameters)
      let clean = (0..<60).map { _ in
        let input = form.input(FormSample.point(of: form, &generator))
        return FitPoint(input: input, logValue: form.logValue(theta, at: input))
      }
      let noise = clean.map { FitPoint(input: $0.input, logValue: generator.normal()) }
      for points in [clean, noise, Array(clean.prefix(1))] {
        let box = form.bounds(for: points)
        let starts = form.starts(for: points)
        #expect(starts.count >= 3)
        #expect(starts.allSatisfy { $0.count == form.count })
        let inside = starts.allSatisfy { start in
          start.indices.allSatisfy { start[$0] >= box.lower[$0] && start[$0] <= box.upper[$0] }
        }
        #expect(inside)
      }
    }
    check(sample.form)
  }

  @Test("Fitted to its own exact values it predicts them again", arguments: FormCase.fitted)
  func refit(sample: FormCase) throws {
    func check<Form: NamedLawForm>(_ form: Form) throws {
      var generator = SplitMix64(seed: 13)
      let theta = form.coordinates(of: sample.parameters)
      func design(_ count: Int) -> [FitPoint<Form.Input>] {
        (0..<count).map { _ in
          let input = form.input(FormSample.point(of: form, &generator))
          return FitPoint(input: input, logValue: form.logValue(theta, at: input))
        }
      }
      let fit = try RobustFit(form: form, loss: .huber(delta: 1e-3)).fit(design(100))
      let worst = design(100).map { abs($0.logValue - form.logValue(fit.theta, at: $0.input)) }
        .max()
      #expect(worst ?? .infinity < 1e-4, "\(form.values(of: fit.theta))")
    }
    try check(sample.form)
  }

  @Test("Its description is complete, and its published values fit it", arguments: FormCase.all)
  func descriptions(sample: FormCase) {
    let form = sample.form
    #expect(!form.formula.isEmpty && !form.origin.isEmpty)
    #expect(form.count == form.parameters.count)
    #expect(Set(form.parameters.map(\.name)).count == form.count)
    #expect(Set(form.variables.map(\.name)).count == form.variables.count)
    #expect(sample.parameters.count == form.count)
    for coefficients in form.published {
      #expect(coefficients.values.count == form.count)
      #expect(coefficients.name.hasSuffix(coefficients.arXiv))
      #expect(!coefficients.place.isEmpty)
      for (value, parameter) in zip(coefficients.values, form.parameters) {
        #expect(value > parameter.lower && value < parameter.upper, "\(parameter.name)")
      }
      for (variable, range) in coefficients.ranges {
        #expect(form.variables.contains { $0.name == variable })
        #expect(range.lower < range.upper)
      }
    }
  }
}

@Suite("The list of forms")
struct LawFormsTests {
  @Test("Names are unique, and each finds its form")
  func names() throws {
    #expect(Set(LawForms.names).count == LawForms.all.count)
    for name in LawForms.names {
      let form = try LawForms.named(name)
      #expect(form.name == name)
    }
  }

  @Test("An unknown name is answered with the nearest")
  func unknown() {
    #expect(
      throws: ScalingLawsError.form(
        .unknownForm(name: "chinchila", nearest: "chinchilla", known: LawForms.names))
    ) { try LawForms.named("chinchila") }
    #expect(
      throws: ScalingLawsError.form(
        .unknownOption(form: "chinchilla", option: "log_C", known: []))
    ) { try LawForms.named("chinchilla", options: ["log_C": "e"]) }
  }
}
