import Foundation
import Testing
import Wire

@testable import RunTable

@Suite("JSON keeps its digits and the order of its keys, and what is malformed is named")
struct JSONTests {
  private func table(_ text: String, _ format: TableFormat = .jsonl) -> RawTable {
    RawTable(Data(text.utf8), file: "runs.jsonl", format: format)
  }

  @Test("objects one a line become rows; nested keys are joined, numbers stay as written")
  func lines() {
    let table = table(
      """
      {"loss": 2.3976109618296744, "config": {"lr": 1e-3, "on": true}, "tags": ["a", 1]}

      {"config": {"lr": null}, "loss": 12345678901234567890, "name": "\\u00e9\\ud83d\\ude00\\n\\"x\\""}
      """)
    #expect(table.columns == ["loss", "config.lr", "config.on", "tags", "name"])
    #expect(table.rows[0].cells == ["2.3976109618296744", "1e-3", "true", "[\"a\", 1]"])
    #expect(table.rows[1].line == 3)
    #expect((0..<5).map { table.rows[1][$0] } == ["12345678901234567890", "", "", "", "é😀\n\"x\""])
  }

  @Test("one array of objects reads the same, rows counted from 1")
  func array() {
    let table = table("\n[{\"a\": 1},\n {\"a\": 2, \"b\": \"x\"}]\n")
    #expect(table.columns == ["a", "b"])
    #expect(table.rows.map(\.line) == [1, 2])
    #expect(table.rows.map { $0[1] } == ["", "x"])
  }

  @Test(
    "what is no JSON is refused with its line and reason",
    arguments: [
      ("{\"a\": }", "a value is missing"), ("{\"a\": nul}", "'nul' is no value"),
      ("{\"a\" 1}", "a key has no colon"), ("{a: 1}", "a key has no quote"),
      ("{\"a\": 1", "} or a comma is missing"), ("{\"a\": \"x", "a string has no end"),
      ("{\"a\": 1} {\"a\": 2}", "text after the end of the value"),
      ("{\"a\": 0x1p3}", "'0x1p3' is no value"),
      ("{\"a\": \"\\q\"}", "an unknown escape in a string"),
      (String(repeating: "[", count: 200), "nested too deeply"),
    ])
  func malformed(line: String, reason: String) {
    // An array that begins the file is the file; here it stands on the second line.
    let table = table("{\"a\": 1}\n\(line)\n{\"a\": 3}")
    #expect(table.faults == [.notJSON(line: 2, reason: reason)])
    #expect(table.rows.map { $0[0] } == ["1", "3"])
  }

  @Test("a fault inside an array is named by its line; what is no object by its place")
  func arrayFaults() {
    #expect(
      table("[{\"a\": 1},\n{\"a\": x}]").faults == [.notJSON(line: 2, reason: "'x' is no value")])
    #expect(table("[{\"a\": 1}, 2]").faults == [.notAnObject(line: 2)])
    #expect(table("3").faults == [.notAnObject(line: 1)])
  }

  @Test("NaN, which Python writes, is a number that only a mapping refuses")
  func notANumber() {
    #expect(table("{\"a\": NaN, \"b\": -Infinity}").rows[0].cells == ["NaN", "-Infinity"])
  }

  @Test("JSON lines written are read back, texts with every control character too")
  func roundTrip() {
    let text =
      String(String.UnicodeScalarView((0..<128).compactMap(Unicode.Scalar.init))) + "é\u{2028}"
    let written = TableWriter.jsonLines(
      .init(
        columns: ["a b", "n", "none"],
        rows: [[.text(text), .real(2.3976109618296744), .null], [.text(""), .integer(-7), .null]]))
    let table = table(written)
    #expect(table.columns == ["a b", "n"])
    #expect(table.rows.map(\.cells) == [[text, "2.3976109618296744"], ["", "-7"]])
  }
}
