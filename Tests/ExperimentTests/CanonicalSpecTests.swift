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

  @Test("A spec without a choice of precision has the text that it always had")
  func golden() {
    let spec = RunSpec(
      trainer: "native",
      architecture: Architecture(
        layers: 2, dModel: 16, heads: 2, kvHeads: 1, dFFN: 0, dExpert: 8, experts: 8, topK: 2,
        sharedExperts: 1, denseLayers: 0, vocab: 512, seqLen: 32),
      router: .init(), initialisation: .fanIn, optimiser: .init(learningRate: 0.01),
      schedule: .init(), batchSequences: 4, steps: 100, corpus: .init(name: "c", sha256: "0"),
      evaluation: .init(), seed: 1)
    #expect(
      spec.canonical
        == #"{"architecture":{"d_expert":8,"d_ffn":0,"d_model":16,"dense_layers":0,"experts":8,"#
        + #""heads":2,"kv_heads":1,"layers":2,"seq_len":32,"shared_experts":1,"top_k":2,"vocab":512},"#
        + #""batch_sequences":4,"corpus":{"name":"c","sha256":"0"},"#
        + #""evaluation":{"count":5,"sequences":256},"initialisation":"fan_in","#
        + #""optimiser":{"beta1":0.9,"beta2":0.95,"clip":1,"epsilon":1e-08,"learning_rate":0.01,"#
        + #""weight_decay":0.1},"router":{"balance_coefficient":0.01,"bias_update":0,"#
        + #""gate":"softmax_renormalised","z_coefficient":0.001},"#
        + #""schedule":{"decay_fraction":0.2,"final_fraction":0.1,"warmup_fraction":0.01},"#
        + #""seed":1,"steps":100,"trainer":"native"}"#)
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
