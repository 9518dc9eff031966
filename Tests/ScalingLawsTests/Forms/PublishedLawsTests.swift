import Experiment
import Testing

import ScalingLaws

@Suite("Published laws")
struct PublishedLawsTests {
  @Test("Ling's hyperparameters at 1e22 are 5.0e-4 and seven million tokens")
  func lingHyperparameters() throws {
    let rate = try PublishedLaws.law("ling-2507.17702", .learningRate, for: .moe)
    let batch = try PublishedLaws.law("ling-2507.17702", .batchTokens, for: .moe)
    #expect(abs(rate(1e22) - 5.0e-4) < 0.05e-4)
    #expect(abs(rate(2e18) - 1.84e-3) < 0.005e-3)
    #expect((batch(2e18) / 4096).rounded() == 79)
    #expect((batch(6e20) / 4096).rounded() == 632)
  }

  @Test("M_opt · D_opt is C within rounding, in every allocation that is printed")
  func allocationsMultiplyToCompute() throws {
    for (name, kind) in [
      ("ling-2507.17702", PublishedLaw.Kind.dense), ("ling-2507.17702", .moe),
      ("deepseek-2401.02954", .dense),
    ] {
      let flops = try PublishedLaws.law(name, .flopsPerToken, for: kind)
      let tokens = try PublishedLaws.law(name, .trainingTokens, for: kind)
      for compute in [1e18, 1e20, 1e22] {
        #expect(abs(flops(compute) * tokens(compute) / compute - 1) < 0.001)
      }
    }
  }

  @Test("Dense models get a larger M than MoE above 1.8e14 FLOPs and a smaller one below")
  func allocationsCross() throws {
    let dense = PublishedLaws.standard(.flopsPerToken, for: .dense)
    let moe = PublishedLaws.standard(.flopsPerToken, for: .moe)
    #expect(dense(1.7e14) < moe(1.7e14))
    #expect(dense(1.9e14) > moe(1.9e14))
  }

  @Test("Every quantity of both kinds has a standard law")
  func standards() {
    for kind in PublishedLaw.Kind.allCases {
      for quantity in PublishedLaw.Quantity.allCases {
        let sourced = PublishedLaws.standard(quantity, for: kind)
        #expect(sourced.source.kind == kind)
        #expect(sourced.source.quantity == quantity)
      }
    }
    #expect(
      PublishedLaws.standard(.learningRate, for: .dense).law == PowerLaw(a: 0.3118, b: -0.1250))
  }

  @Test("An unknown name is answered with the nearest known one")
  func unknownName() {
    #expect(
      throws: ScalingLawsError.unknownLaw(
        name: "deepseek", nearest: "deepseek-2401.02954", known: PublishedLaws.names)
    ) { try PublishedLaws.named("deepseek") }
    #expect(
      throws: ScalingLawsError.unknownLaw(
        name: "ling-2507.17720", nearest: "ling-2507.17702", known: PublishedLaws.names)
    ) { try PublishedLaws.named("ling-2507.17720") }
  }

  @Test("Coefficients that a paper does not print are refused with the laws that have them")
  func lackingCoefficients() {
    let error = ScalingLawsError.lawLacks(
      law: "ling-2507.17702", quantity: .learningRate, kind: .dense,
      offeredBy: ["deepseek-2401.02954", "moonlight-2502.16982"])
    #expect(throws: error) {
      try PublishedLaws.law("ling-2507.17702", .learningRate, for: .dense)
    }
    #expect("\(error)".contains("use deepseek-2401.02954"))
  }

  @Test("A budget outside the fitted range is called extrapolated, the range's ends are not")
  func extrapolation() throws {
    let rate = try PublishedLaws.law("ling-2507.17702", .learningRate, for: .moe)
    #expect(!rate.source.isExtrapolated(at: 3e17))
    #expect(!rate.source.isExtrapolated(at: 3e20))
    #expect(rate.source.isExtrapolated(at: 1e12))
    #expect(
      rate.provenance(at: 1e12)
        == "η = 1.1576·C^-0.1529, ling-2507.17702 Eq. 3 (moe), extrapolated to C = 1000000000000.0: "
        + "fitted on 3e+17 to 3e+20")
    #expect(rate.provenance(at: 1e18) == "η = 1.1576·C^-0.1529, ling-2507.17702 Eq. 3 (moe)")
  }
}
