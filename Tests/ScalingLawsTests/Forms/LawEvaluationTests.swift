import Foundation
import Testing

import ScalingLaws

@Suite("Evaluating published laws")
struct LawEvaluationTests {
  @Test("Ling's law at A, G and C gives leverage, hyperparameters and both allocations")
  func ling() throws {
    let evaluation = try LawEvaluation("ling-2507.17702", at: ["A": 1 / 32, "G": 12, "C": 1e22])
    let found = evaluation.results.map { "\($0.quantity.name) \($0.variant) \($0.place)" }
    #expect(
      found == [
        "EL moe Eq. 13, Table 2", "lr moe Eq. 3", "B moe Eq. 3", "M dense Table 1",
        "M moe Table 1", "D dense Table 1", "D moe Table 1",
      ])
    #expect(evaluation.gaps.isEmpty)
    #expect(abs(evaluation.results[0].value - 7.22) < 0.005)
    #expect(evaluation.results[0].formula.hasPrefix("EL = Â^(a + d·log₁₀ C + γ·(log₂ G)²"))
    #expect(evaluation.results[1].coefficients.map(\.name) == ["a", "b"])
    #expect(evaluation.results[1].coefficients.map(\.value) == [1.1576, -0.1529])
    #expect(abs(evaluation.results[1].value / (1.1576 * pow(1e22, -0.1529)) - 1) < 1e-12)
    #expect(abs(evaluation.results[6].value / (5.2232 * pow(1e22, 0.4905)) - 1) < 1e-12)
    let flagged = try #require(evaluation.results[0].extrapolated.first)
    #expect(flagged.variable == "C" && flagged.value == 1e22)
    #expect(flagged.range == FittedRange(1e18, 3e20))
    #expect(evaluation.results[1].extrapolated.map(\.range) == [FittedRange(3e17, 3e20)])
  }

  @Test("Inside the fitted ranges nothing is flagged")
  func inside() throws {
    let evaluation = try LawEvaluation("ling-2507.17702", at: ["A": 1 / 32, "G": 8, "C": 1e20])
    #expect(evaluation.results.count == 7)
    #expect(evaluation.results.flatMap(\.extrapolated).isEmpty)
  }

  @Test("With C alone the leverage is missing, and what it lacks is said")
  func gaps() throws {
    let evaluation = try LawEvaluation("ling-2507.17702", at: ["C": 1e20])
    #expect(evaluation.results.count == 6)
    #expect(evaluation.gaps.map(\.form) == ["joint-leverage"])
    #expect(evaluation.gaps.map(\.missing) == [["A", "G"]])
  }

  @Test("Where nothing follows, each quantity's variables are listed")
  func nothing() throws {
    let error = ScalingLawsError.form(
      .nothingToEvaluate(
        law: "ling-2507.17702", given: ["G"],
        needs: ["EL needs A, G, C", "lr needs C", "B needs C", "M needs C", "D needs C"]))
    #expect(throws: error) { try LawEvaluation("ling-2507.17702", at: ["G": 12]) }
  }

  @Test("A variable that the law does not know, and a value without meaning, are refused")
  func refusals() {
    #expect(
      throws: ScalingLawsError.form(
        .unknownVariable(law: "ling-2507.17702", variable: "E", known: ["A", "G", "C"]))
    ) { try LawEvaluation("ling-2507.17702", at: ["C": 1e20, "E": 64]) }
    #expect(
      throws: ScalingLawsError.outsideDomain(
        quantity: "A", value: 2, domain: "above 0, at most 1")
    ) { try LawEvaluation("ling-2507.17702", at: ["A": 2, "G": 2, "C": 1e20]) }
    #expect(throws: ScalingLawsError.self) { try LawEvaluation("lingg", at: ["C": 1e20]) }
    #expect(throws: ScalingLawsError.form(.nothingPublished(form: "loss-by-compute"))) {
      try LawEvaluation("loss-by-compute", at: ["C": 1e20])
    }
  }

  @Test("A form's name evaluates every published set")
  func byForm() throws {
    let evaluation = try LawEvaluation("lr-by-compute", at: ["C": 1e19])
    #expect(
      evaluation.results.map(\.law) == [
        "ling-2507.17702", "deepseek-2401.02954", "moonlight-2502.16982",
      ])
  }

  @Test("Options reach the forms that have them")
  func options() throws {
    let evaluation = try LawEvaluation(
      "ling-2507.17702", at: ["A": 1 / 32, "G": 12, "C": 1e22], options: ["log_G": "10"])
    #expect(evaluation.results.count == 7)
    #expect(abs(evaluation.results[0].value - 5.36) < 0.005)
    #expect(throws: ScalingLawsError.self) {
      try LawEvaluation("ling-2507.17702", at: ["C": 1e20], options: ["log_E": "10"])
    }
  }
}
