import Testing

@testable import Orchestrator

@Suite("Tables line up")
struct TextTableTests {
  @Test("words to the left, numbers to the right, empty columns left out")
  func alignment() {
    var table = TextTable(["name", ">count", "nothing"])
    table.append(["a", "5", ""])
    table.append(["longer", "1200", ""])
    #expect(
      table.rendered() == """
        name    count
        a           5
        longer   1200
        """)
  }

  @Test("a line wider than the screen is cut with an ellipsis")
  func cutting() {
    var table = TextTable(["a", "b"])
    table.append(["xxxxxx", "yyyyyy"])
    #expect(table.rendered(width: 10).split(separator: "\n").last == "xxxxxx  y…")
  }
}

@Suite("Quantities read well")
struct QuantityTests {
  @Test(
    "FLOPs", arguments: [(1e12, "1e12"), (3.02e11, "3.02e11"), (0, "0"), (9.9999e11, "1e12")])
  func scientific(value: Double, text: String) { #expect(Quantity.scientific(value) == text) }

  @Test(
    "counts",
    arguments: [(412, "412"), (1_310_000, "1.31M"), (17.5e9, "17.5B"), (100_000, "100k")])
  func count(value: Double, text: String) { #expect(Quantity.count(value) == text) }

  @Test("ratios", arguments: [(1.0 / 32, "1/32"), (1, "1"), (2.0 / 3, "0.667"), (0, "0")])
  func ratio(value: Double, text: String) { #expect(Quantity.ratio(value) == text) }

  @Test("durations", arguments: [(48.2, "48s"), (200, "3m20s"), (7500, "2h05m")])
  func duration(value: Double, text: String) { #expect(Quantity.duration(value) == text) }
}
