import Experiment
import ScalingLaws
import Testing

@Suite("Ling-mini-beta's budget and limits lead to a model like it")
struct LingMiniBetaTests {
  static let limits = ShapeConstraints(maxTotalParameters: 17.5e9, layers: 20...20)

  @Test("with its tokens: its active parameters, its A and its G, nearly")
  func withTokens() throws {
    let plan = try PlanRequest(
      budget: .flops(9e21), tokens: 1e12, constraints: Self.limits
    ).plan()
    let shape = plan.architecture
    let active = Double(shape.parameters.activeNonVocabulary)
    #expect(active > 0.82e9 / 1.25 && active < 0.855e9 * 1.25)
    let a = shape.activationRatio().doubleValue
    #expect(a > 12.0 / 384 / 2 && a < 12.0 / 384 * 2)
    let g = try #require(shape.granularity?.doubleValue)
    #expect(g >= 8 && g <= 13)
    #expect(shape.layers == 20)
    #expect(Double(shape.parameters.totalNonVocabulary) > 16e9)
    #expect(plan.leverage > 6.5 && plan.leverage < 8)
    // The paper pairs it with a dense model of 6.1 B.
    let dense = try #require(plan.dense.architecture)
    #expect((5e9...10e9).contains(Double(dense.parameters.totalNonVocabulary)))
  }

  @Test("without them the allocation law asks for a larger model on fewer tokens, and says so")
  func withoutTokens() throws {
    let plan = try PlanRequest(budget: .flops(9e21), constraints: Self.limits).plan()
    #expect(plan.allocation == .law("ling-2507.17702 Table 1"))
    #expect(plan.provenance[.modelFLOPs] == "ling-2507.17702 Table 1")
    #expect(plan.flags.contains(.allocationExtrapolated))
    #expect(abs(Double(plan.modelFLOPs) / 2.937e10 - 1) < 0.016)
    #expect(plan.tokens < 0.4e12)
  }

  @Test("η and B are Eq. 3 at C: 5.09e-4, and 6.92 million tokens in whole sequences")
  func settings() throws {
    let plan = try PlanRequest(
      budget: .flops(9e21), tokens: 1e12, constraints: Self.limits
    ).plan()
    #expect(plan.learningRate == 0.00050904)
    #expect(plan.batchSequences == 847)
    #expect(
      plan.flags.contains(.learningRateExtrapolated) && plan.flags.contains(.batchExtrapolated))
  }
}
