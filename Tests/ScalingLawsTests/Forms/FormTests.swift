import Foundation
import ScalingLaws
import Testing

@Suite("Functional forms")
struct FormTests {
  @Test("Gradients agree with central differences")
  func gradients() {
    var generator = SplitMix64(seed: 7)
    for _ in 0..<50 {
      let u = 6 * generator.uniform() - 3
      let a = generator.normal()
      let slope = 0.4 * generator.uniform() + 0.02
      expectGradient(of: PowerLawForm(), [a, slope], at: u)
      expectGradient(of: OffsetPowerLawForm(), [a, log(slope), a - 2 * generator.uniform()], at: u)
      expectGradient(of: UnitPowerLawForm(), [generator.normal()], at: u)
    }
  }

  @Test("The offset form does not overflow where one term dwarfs the other")
  func offsetExtremes() {
    let form = OffsetPowerLawForm()
    #expect(form.logValue([600, log(2), 1], at: -20) == 640)
    #expect(form.logValue([-600, log(2), 1], at: 20) == 1)
  }

  private func expectGradient<Form: LawForm>(
    of form: Form, _ theta: [Double], at input: Form.Input,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var gradient = [Double](repeating: .nan, count: form.count)
    theta.withUnsafeBufferPointer { theta in
      gradient.withUnsafeMutableBufferPointer {
        _ = form.logValue(theta, at: input, gradient: $0)
      }
    }
    for k in theta.indices {
      let step = 1e-5
      var above = theta
      var below = theta
      above[k] += step
      below[k] -= step
      let difference =
        (form.logValue(above, at: input) - form.logValue(below, at: input)) / (2 * step)
      #expect(
        abs(difference - gradient[k]) < 1e-8, "\(form.name), coordinate \(k)",
        sourceLocation: sourceLocation)
    }
  }
}
