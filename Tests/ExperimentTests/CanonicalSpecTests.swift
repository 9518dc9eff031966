import Experiment
import Foundation
import Testing

@Suite("A spec's canonical text is the JSON that any reader and writer agrees on")
struct CanonicalSpecTests {
  private func spec(_ generator: inout SplitMix) -> RunSpec {
    func count() -> Int { Int.random(in: 0...1_000_000, using: &generator) }
    func real() -> Double {
      let whole = Double(Int.random(in: -50...50, using: &generator))
      return Bool.random(using: &generator)
        ? whole : whole * pow(10, Double.random(in: -20...20, using: &generator))
    }
    let names = [
      "native", "a \"b\" \\ /c", "tab\tnew\nline\r\u{01}\u{1F}\u{08}\u{0C}\u{7F}", "Größe 😀",
    ]
    return RunSpec(
      trainer: names.randomElement(using: &generator)!,
      architecture: Architecture(
        layers: count(), dModel: count(), heads: count(), kvHeads: count(), dFFN: count(),
        dExpert: count(), experts: count(), topK: count(), sharedExperts: count(),
        denseLayers: count(), vocab: count(), seqLen: count()),
      router: RunSpec.Router(
        gate: RunSpec.Router.Gate.allCases.randomElement(using: &generator)!,
        balanceCoefficient: real(), zCoefficient: real(), biasUpdate: real()),
      initialisation: Bool.random(using: &generator) ? .fanIn : .normal(sigma: real()),
      optimiser: RunSpec.Optimiser(
        learningRate: real(), beta1: real(), beta2: real(), epsilon: real(), weightDecay: real(),
        clip: real()),
      schedule: RunSpec.Schedule(
        warmupFraction: real(), decayFraction: real(), finalFraction: real()),
      precision: RunSpec.Precision.allCases.randomElement(using: &generator)!,
      batchSequences: count(), steps: count(),
      corpus: RunSpec.CorpusReference(
        name: names.randomElement(using: &generator)!, sha256: "\(count())"),
      evaluation: RunSpec.Evaluation(count: count(), sequences: count()),
      seed: UInt64.random(in: 0...UInt64.max, using: &generator))
  }

  @Test("It equals what JSONEncoder writes with sorted keys, and reads back as the same spec")
  func agreement() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var generator = SplitMix(seed: 17)
    for _ in 0..<500 {
      let spec = spec(&generator)
      let text = spec.canonical
      #expect(text == String(decoding: try encoder.encode(spec), as: UTF8.self))
      #expect(try JSONDecoder().decode(RunSpec.self, from: Data(text.utf8)) == spec)
    }
  }

  @Test("Specs and grids from before there was a choice of precision keep their identity")
  func withoutPrecision() throws {
    var generator = SplitMix(seed: 18)
    var spec = spec(&generator)
    spec.precision = .float32
    #expect(!spec.canonical.contains("precision"))
    spec.precision = .bfloat16
    #expect(spec.canonical.contains(#","precision":"bfloat16","router":"#))

    var family = Grid.Family(
      name: "f", kind: .dense, allocation: .number(1), learningRate: .number(1),
      batchTokens: .number(1))
    let source = { Grid(study: "s", name: "g", corpus: "c", budgets: [1], families: [family]) }
    #expect(!source().canonicalSource.contains("precision"))
    family.precision = .bfloat16
    let chosen = source()
    #expect(chosen.canonicalSource.contains(#""precision":"bfloat16""#))
    let read = try JSONDecoder().decode(Grid.self, from: Data(chosen.canonicalSource.utf8))
    #expect(read == chosen)
  }
}
