import Foundation
import Testing

import ScalingLaws

@Suite("The joint law of efficiency leverage")
struct JointLeverageTests {
  private func leverage(
    _ a: Double, _ g: Double, _ c: Double, of form: JointLeverageForm = JointLeverageForm()
  ) throws -> Double {
    try form.value(at: [a, g, c], parameters: form.published[0].values)
  }

  @Test(
    "It gives the leverages that its paper's claims imply at G = 2",
    arguments: [
      (3e20, [0.99, 1.33, 1.76, 2.31, 2.97, 3.69, 4.38, 4.94]),
      (1e22, [0.99, 1.43, 2.06, 2.90, 3.99, 5.25, 6.52, 7.60]),
    ])
  func overActivation(compute: Double, expected: [Double]) throws {
    for (doublings, value) in expected.enumerated() {
      let experts = Double(2 << doublings)
      let found = try leverage(2 / experts, 2, compute)
      #expect(abs(found - value) <= 0.0051, "E = \(experts)")
    }
  }

  @Test(
    "It gives the leverages that its paper's claims imply at A = 1/32",
    arguments: [
      (1e22, [5.25, 6.44, 6.92, 7.13, 7.22, 7.13]), (3e20, [3.69, 4.52, 4.86, 5.01, 5.07, 5.01]),
    ])
  func overGranularity(compute: Double, expected: [Double]) throws {
    for (granularity, value) in zip([2.0, 4, 6, 8, 12, 16], expected) {
      let found = try leverage(1 / 32, granularity, compute)
      #expect(abs(found - value) <= 0.0051, "G = \(granularity)")
    }
  }

  @Test(
    "Other bases of the logarithms give other leverages and optima",
    arguments: [(LogBase.two, 7.22, 11.3), (.e, 6.85, 33.2), (.ten, 5.36, 3.2e3)])
  func bases(base: LogBase, expected: Double, optimum: Double) throws {
    let form = JointLeverageForm(granularityLog: base)
    let found = try leverage(1 / 32, 12, 1e22, of: form)
    #expect(abs(found - expected) <= 0.0051)
    let best = try #require(form.optimum(parameters: form.published[0].values))
    #expect(abs(best / optimum - 1) < 0.01)
  }

  @Test("A_max is so large that leaving it out changes nothing")
  func withoutCeiling() throws {
    let open = JointLeverageForm(saturation: .start)
    for (a, g, c) in [(1.0 / 128, 2.0, 1e18), (1.0 / 32, 12, 1e22), (1, 16, 3e20)] {
      let (with, without) = (try leverage(a, g, c), try leverage(a, g, c, of: open))
      #expect(abs(with / without - 1) < 1e-14)
    }
    #expect(JointLeverageForm(saturation: .none).published.isEmpty)
  }

  @Test("Options are set by name, and a wrong one is answered with the right ones")
  func options() throws {
    let form = try LawForms.named(
      "joint-leverage", options: ["log_G": "e", "activation": "plus_over_E"])
    #expect(form.options.map(\.choice) == ["10", "e", "plus_over_E", "both"])
    #expect(form.variables[0].meaning == "activation ratio (E_a + E_s) / E")
    #expect(
      throws: ScalingLawsError.form(
        .unknownChoice(
          form: "joint-leverage", option: "log_G", choice: "3", known: ["2", "e", "10"]))
    ) { try LawForms.named("joint-leverage", options: ["log_G": "3"]) }
    #expect(
      throws: ScalingLawsError.form(
        .unknownOption(
          form: "joint-leverage", option: "log_E",
          known: ["log_C", "log_G", "activation", "saturation"]))
    ) { try LawForms.named("joint-leverage", options: ["log_E": "2"]) }
  }

  @Test(
    "What has no meaning is refused",
    arguments: [(0, 2, 1e20), (1.5, 2, 1e20), (0.5, .nan, 1e20), (0.5, 2, -1)])
  func domain(a: Double, g: Double, c: Double) {
    #expect(throws: ScalingLawsError.self) { try leverage(a, g, c) }
  }
}
