import Testing

import ScalingLaws

@Suite("The joint law of MoE models")
struct JointMoETests {
  /// The paper's Table 4: E, m, μ, n, ν.
  private static let table4: [(Double, Double, Double, Double, Double)] = [
    (1, 30.3640, -0.1817, 53.9838, -0.1965), (2, 27.7982, -0.1780, 66.8401, -0.2065),
    (4, 24.8462, -0.1731, 87.7022, -0.2192), (8, 21.8330, -0.1676, 119.9126, -0.2338),
    (16, 19.0159, -0.1617, 167.5073, -0.2494), (32, 16.5424, -0.1557, 234.6726, -0.2652),
  ]

  @Test("At each number of experts it reduces to its paper's Table 4")
  func reduced() throws {
    let form = JointMoEForm()
    let values = form.published[0].values
    for (experts, m, mu, n, nu) in Self.table4 {
      let law = try form.reduced(experts: experts, parameters: values)
      #expect(abs(law.m / m - 1) < 1.5e-4, "m at E = \(experts)")
      #expect(abs(law.n / n - 1) < 1e-4, "n at E = \(experts)")
      // γ and ζ are printed to 5e-5, and ln Ê reaches 3.4.
      #expect(abs(law.mu - mu) < 2e-4, "μ at E = \(experts)")
      #expect(abs(law.nu - nu) < 2e-4, "ν at E = \(experts)")
      #expect(law.c == 1.3637)
    }
  }

  @Test("Without the 0.01 in Ê it misses that table")
  func withoutShift() throws {
    let form = JointMoEForm(shift: .none)
    let law = try form.reduced(experts: 1, parameters: form.published[0].values)
    #expect(abs(law.m / 30.3640 - 1) > 1e-3)
    #expect(abs(law.n / 53.9838 - 1) > 2e-3)
  }

  @Test("The reduced law gives the same loss")
  func consistent() throws {
    let form = JointMoEForm()
    let values = form.published[0].values
    for experts in [1.0, 3, 32] {
      let law = try form.reduced(experts: experts, parameters: values)
      let direct = try form.value(at: [experts, 1e9, 2e10], parameters: values)
      let reduced = law.loss(activeParameters: 1e9, tokens: 2e10)
      #expect(abs(direct - reduced) < 1e-12)
    }
    #expect(throws: ScalingLawsError.self) { try form.reduced(experts: 0, parameters: values) }
  }

  @Test("By name it takes E, N_active and D, and flags what its runs did not cover")
  func evaluated() throws {
    let evaluation = try LawEvaluation(
      "ludziejewski-2502.05172", at: ["E": 64, "N_active": 1e9, "D": 2e10])
    let loss = try #require(evaluation.results.first)
    #expect(loss.form == "joint-moe" && loss.quantity == .loss)
    #expect(loss.value > 2 && loss.value < 3)
    #expect(loss.extrapolated.map(\.variable) == ["E"])
    #expect(evaluation.gaps.map(\.missing) == [["N_body"]])
  }
}
