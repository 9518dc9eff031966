import Foundation
import Testing
import Wire

@Suite("Imports travel as columns and arrive as runs")
struct ImportRequestTests {
  private static let request = ImportRequest(
    source: ImportSource(
      study: "s", grid: "g", file: "f.csv", sha256: "0", format: "csv", mapping: ["loss": "l"],
      family: "{router}", group: ["router"], keep: [], conditions: ["split=train"],
      convention: "6N"),
    runs: [
      ImportedRun(
        family: "dense", seed: .min,
        numbers: [
          .loss: 2.3976109618296744, .tokens: 9_007_199_254_740_991, .flops: 1.7976931348623157e308,
        ]),
      ImportedRun(
        family: "moe", point: #"{"router":"S-Base"}"#,
        numbers: [.validationLoss: 0.1 + 0.2, .activationRatio: 1.0 / 3], extra: #"{"a":1}"#),
    ], dryRun: true)

  @Test("what arrives is what was sent, to the last digit")
  func roundTrip() throws {
    let data = try JSONEncoder().encode(Self.request)
    #expect(try JSONDecoder().decode(ImportRequest.self, from: data) == Self.request)
  }

  @Test("columns of different length are refused, and so is a number that nobody knows")
  func refused() throws {
    let text = String(decoding: try JSONEncoder().encode(Self.request), as: UTF8.self)
    for (part, fault) in [
      (#"["dense","moe"]"#, #"["dense"]"#), (#""loss":["#, #""loss":[1,"#),
      (#""loss":["#, #""lose":["#),
    ] {
      #expect(text.contains(part))
      let data = Data(text.replacing(part, with: fault).utf8)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(ImportRequest.self, from: data)
      }
    }
  }

  @Test("runs that differ in anything have different canonical texts")
  func canonical() {
    let run = Self.request.runs[1]
    var others = Array(repeating: run, count: 6)
    others[0].family = "mo"
    others[1].seed = 0
    others[2].numbers[.validationLoss] = 0.3
    others[3].numbers[.loss] = 0.1 + 0.2
    others[4].extra = "{}"
    // The boundary between two texts moves.
    others[5].family = "moe{"
    others[5].point.removeFirst()
    #expect(Set((others + [run]).map(\.canonical)).count == 7)
    #expect(run.canonical == Self.request.runs[1].canonical)
  }

  @Test(
    "a domain has its bounds",
    arguments: [
      (RunQuantity.loss, [1e-300, 3], [0, -1, .infinity, .nan]),
      (.tokens, [1, 0.5, 9_007_199_254_740_992], [0, 0.4, -3, 1e16]),
      (.experts, [0, 64], [-1]), (.activationRatio, [1e-9, 1], [0, 1.001]),
      (.sharedRatio, [0, 0.99], [1, -0.1]), (.denseRatio, [0, 1], [1.1]),
    ] as [(RunQuantity, [Double], [Double])])
  func domains(quantity: RunQuantity, inside: [Double], outside: [Double]) {
    #expect(inside.allSatisfy(quantity.domain.contains))
    #expect(!outside.contains(where: quantity.domain.contains))
  }
}
