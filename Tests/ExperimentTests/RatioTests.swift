import Experiment
import Foundation
import Testing

@Suite("A ratio is read, compared and multiplied exactly")
struct RatioTests {
  @Test(
    "Every notation gives the fraction in lowest terms",
    arguments: [
      ("1/32", 1, 32), ("2/64", 1, 32), ("0.25", 1, 4), ("3.1%", 31, 1000), ("100%", 1, 1),
      ("8", 8, 1), ("1e-3", 1, 1000), ("2.5e2", 250, 1), ("010", 10, 1), (" 1 / 3 ", 1, 3),
      ("0", 0, 1), ("-1/2", -1, 2), ("0.5/0.2", 5, 2), ("1/1e3", 1, 1000), (".5", 1, 2),
      ("0.1", 1, 10), ("12.5 %", 1, 8),
    ])
  func notation(text: String, numerator: Int, denominator: Int) {
    #expect(Ratio(parsing: text) == Ratio(numerator, denominator))
  }

  @Test(
    "What is not a number, or does not fit, is refused",
    arguments: [
      "", "a", "1/0", "1//2", "1/-2", "0x10", "12:30", "1_000", "1/2/3", "1.2.3", "%", "1e99",
      "9999999999", "1/9999999999", "e3", "1/", "nan", "٣",
    ])
  func refused(text: String) {
    #expect(Ratio(parsing: text) == nil)
  }

  @Test("Order is that of the exact values, far below double precision too")
  func order() {
    #expect(Ratio(1, 3) < Ratio(1, 2))
    #expect(Ratio(999_999_998, 999_999_999) < Ratio(999_999_999, 1_000_000_000))
    #expect(Ratio(-1, 2) < Ratio(0))
    #expect(
      [Ratio(1, 2), Ratio(1, 32), Ratio(1)].sorted() == [Ratio(1, 32), Ratio(1, 2), Ratio(1)])
  }

  @Test("Multiplication and division invert each other")
  func arithmetic() {
    var generator = SplitMix(seed: 3)
    for _ in 0..<500 {
      let a = Ratio(Int.random(in: 1...1_000_000, using: &generator), 999_983)
      let b = Ratio(Int.random(in: 1...1_000_000, using: &generator), 999_979)
      #expect(a * b / b == a)
    }
  }

  @Test("JSON has the fraction as text, and reads it back")
  func coding() throws {
    let text = String(decoding: try JSONEncoder().encode([Ratio(1, 32), Ratio(2)]), as: UTF8.self)
    #expect(text == #"["1\/32","2"]"#)
    let back = try JSONDecoder().decode([Ratio].self, from: Data(text.utf8))
    #expect(back == [Ratio(1, 32), Ratio(2)])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Ratio].self, from: Data(#"["half"]"#.utf8))
    }
  }
}
