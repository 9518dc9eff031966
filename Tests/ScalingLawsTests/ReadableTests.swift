import Testing

@testable import ScalingLaws

@Suite("Numbers in warnings")
struct ReadableTests {
  @Test(
    "are short",
    arguments: zip(
      [3e11, 1e12, 1.0749, 1e-5, 0.25] as [Double], ["3e11", "1e12", "1.07", "1e-05", "0.25"]))
  func short(value: Double, text: String) { #expect(value.readable == text) }

  @Test("name the budget as people write it")
  func warning() {
    let warning = LawWarning.bestSizeAtEdge(budget: 3e11, edge: .smallest)
    #expect(warning.description.hasPrefix("at C = 3e11 the best dense size is the smallest"))
  }
}
