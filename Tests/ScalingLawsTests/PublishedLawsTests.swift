import Experiment
import Testing

import ScalingLaws

@Suite("Published laws")
struct PublishedLawsTests {
  @Test(
    "The joint law gives the leverages that its paper's claims imply at G = 2",
    arguments: [
      (3e20, [0.99, 1.33, 1.76, 2.31, 2.97, 3.69, 4.38, 4.94]),
      (1e22, [0.99, 1.43, 2.06, 2.90, 3.99, 5.25, 6.52, 7.60]),
    ])
  func jointLawOverActivation(compute: Double, expected: [Double]) throws {
    for (doublings, value) in expected.enumerated() {
      let experts = Double(2 << doublings)
      let leverage = try JointLeverageLaw.ling.leverage(
        activationRatio: 2 / experts, granularity: 2, compute: compute)
      #expect(abs(leverage - value) <= 0.0051, "E = \(experts)")
    }
  }

  @Test(
    "The joint law gives the leverages that its paper's claims imply at A = 1/32",
    arguments: [
      (1e22, [5.25, 6.44, 6.92, 7.13, 7.22, 7.13]), (3e20, [3.69, 4.52, 4.86, 5.01, 5.07, 5.01]),
    ])
  func jointLawOverGranularity(compute: Double, expected: [Double]) throws {
    for (granularity, value) in zip([2.0, 4, 6, 8, 12, 16], expected) {
      let leverage = try JointLeverageLaw.ling.leverage(
        activationRatio: 1 / 32, granularity: granularity, compute: compute)
      #expect(abs(leverage - value) <= 0.0051, "G = \(granularity)")
    }
    #expect(abs(JointLeverageLaw.ling.optimalGranularity - 11.3) < 0.05)
  }

  @Test("The joint law refuses what has no meaning")
  func jointLawDomain() {
    let law = JointLeverageLaw.ling
    #expect(throws: ScalingLawsError.self) {
      try law.leverage(activationRatio: 0, granularity: 2, compute: 1e20)
    }
    #expect(throws: ScalingLawsError.self) {
      try law.leverage(activationRatio: 1.5, granularity: 2, compute: 1e20)
    }
    #expect(throws: ScalingLawsError.self) {
      try law.leverage(activationRatio: 0.5, granularity: .nan, compute: 1e20)
    }
    #expect(throws: ScalingLawsError.self) {
      try law.leverage(activationRatio: 0.5, granularity: 2, compute: -1)
    }
  }

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
      offeredBy: ["deepseek-2401.02954"])
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
