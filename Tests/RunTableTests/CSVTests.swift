import Foundation
import Testing
import Wire

@testable import RunTable

@Suite("CSV is read as RFC 4180 has it, and what is malformed is named by its line")
struct CSVTests {
  private func table(_ text: String) -> RawTable {
    RawTable(Data(text.utf8), file: "runs.csv", format: .csv)
  }

  @Test("quoted cells may hold commas, quotes and ends of lines; a row has its first line's number")
  func quoted() {
    let table = table("name,loss\n\"a,\"\"b\"\"\nc\",2.5\nd,3\n")
    #expect(table.columns == ["name", "loss"])
    #expect(table.rows.map(\.cells) == [["a,\"b\"\nc", "2.5"], ["d", "3"]])
    #expect(table.rows.map(\.line) == [2, 4])
    #expect(table.faults.isEmpty)
  }

  @Test(
    "every end of line, a byte order mark, blank lines and a missing last end read alike",
    arguments: [
      "a,b\n1,2\n3,\n", "a,b\r\n1,2\r\n3,", "a,b\r1,2\r3,\r", "\u{FEFF}a,b\n\n1,2\n\n3,\n\n",
      "\"a\",\"b\"\r\n\"1\",\"2\"\r\n3,\"\"\r\n", " a , b \n1,2\n3,",
    ])
  func lineEnds(text: String) {
    let table = table(text)
    #expect(table.columns == ["a", "b"])
    #expect(table.rows.map(\.cells) == [["1", "2"], ["3", ""]])
    #expect(table.faults.isEmpty)
  }

  @Test("rows that are no rows are all reported, the others stay")
  func malformed() {
    let table = table("a,b\n1\n1,2\n1,2,3\n\"x\"y,2\n3,4\n\"open,5\n6,7\n")
    #expect(table.rows.map(\.line) == [3, 6])
    #expect(
      table.faults == [
        .wrongWidth(line: 2, cells: 1, columns: 2), .wrongWidth(line: 4, cells: 3, columns: 2),
        .textAfterQuote(line: 5, text: "y"), .unclosedQuote(line: 7),
      ])
  }

  @Test("nothing, bytes that are no text, and a name that two columns share are refused")
  func wholeFile() {
    #expect(table("").faults == [.empty])
    #expect(table("\n\n").faults == [.empty])
    #expect(
      RawTable(Data([0x61, 0xFF, 0x0A]), file: "x", format: .csv).faults == [.notUTF8])
    #expect(table("a,b,a\n1,2,3\n").faults == [.repeatedColumn("a")])
  }

  @Test("whatever is written is read back", arguments: 0..<20 as Range<UInt64>)
  func roundTrip(seed: UInt64) {
    var dice = SplitMix(state: seed)
    let alphabet = ["a", "\"", ",", "\n", "\r", " ", "é", "1"]
    let rows = (0..<30).map { _ in
      (0..<3).map { _ in
        (0..<Int.random(in: 1...4, using: &dice)).map { _ in
          alphabet.randomElement(using: &dice) ?? ""
        }.joined()
      }
    }
    let written = TableWriter.csv(
      .init(columns: ["x", "y", "z"], rows: rows.map { $0.map { .text($0) } }))
    let table = table(written)
    #expect(table.faults.isEmpty)
    #expect(table.rows.map(\.cells) == rows)
  }
}

/// SplitMix64: one seed, one file.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
