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
    "FLOPs",
    arguments: zip([1e12, 3.02e11, 0, 9.9999e11] as [Double], ["1e12", "3.02e11", "0", "1e12"]))
  func scientific(value: Double, text: String) { #expect(Quantity.scientific(value) == text) }

  @Test(
    "counts",
    arguments: zip(
      [412, 1_310_000, 17.5e9, 100_000, 999_900] as [Double],
      ["412", "1.31M", "17.5B", "100k", "1M"]))
  func count(value: Double, text: String) { #expect(Quantity.count(value) == text) }

  @Test(
    "ratios",
    arguments: zip([1.0 / 32, 1, 2.0 / 3, 0] as [Double], ["1/32", "1", "0.667", "0"]))
  func ratio(value: Double, text: String) { #expect(Quantity.ratio(value) == text) }

  @Test(
    "durations",
    arguments: zip(
      [48.2, 200, 7500, 800_000, 7.4e9] as [Double],
      ["48s", "3m20s", "2h05m", "9d06h", "234 years"]))
  func duration(value: Double, text: String) { #expect(Quantity.duration(value) == text) }
}
