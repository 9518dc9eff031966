import Experiment
import Testing

@Suite("Counts agree with arXiv 2507.17702 where its tables can be recomputed")
struct PaperArchitectureTests {
  static let vocab = 126_464

  @Test("The largest sweep model has 27.9 billion parameters")
  func largest() {
    let model = Architecture(
      layers: 22, dModel: 1280, heads: 20, kvHeads: 4, dFFN: 0, dExpert: 1280, experts: 256,
      topK: 2, sharedExperts: 1, denseLayers: 0, vocab: Self.vocab, seqLen: 4096)
    #expect(model.parameters.totalNonVocabulary == 27_884_314_880)
    #expect(model.parameters.totalBackbone == 27_877_048_320)
  }

  @Test("Ling-mini-beta has 17.50 billion, its first layer dense, and 0.82 to 0.84 active")
  func lingMiniBeta() {
    let model = Architecture(
      layers: 20, dModel: 2048, heads: 16, kvHeads: 4, dFFN: 5120, dExpert: 384, experts: 384,
      topK: 12, sharedExperts: 1, denseLayers: 1, vocab: Self.vocab, seqLen: 8192)
    let counts = model.parameters
    #expect((counts.totalBackbone + 5_000_000) / 10_000_000 == 1750)
    #expect(counts.activeBackbone > 820_000_000 && counts.activeBackbone < 825_000_000)
    #expect(counts.activeNonVocabulary > 835_000_000 && counts.activeNonVocabulary < 840_000_000)
    #expect(counts.total == counts.totalNonVocabulary + 2 * Self.vocab * 2048)
    #expect(model.activationRatio() == Ratio(1, 32))
    #expect(model.activationRatio(.formula) == Ratio(13, 385))
    #expect(model.activationRatio(.plusOverE) == Ratio(13, 384))
    #expect(model.granularity == Ratio(32, 3))
    #expect(model.sharedRatio == Ratio(1, 13))
  }

  @Test("The dense peer has 6.107 billion, all of them active")
  func densePeer() {
    let model = Architecture(
      layers: 28, dModel: 4096, heads: 32, kvHeads: 8, dFFN: 14336, dExpert: 0, experts: 0,
      topK: 0, sharedExperts: 0, denseLayers: 28, vocab: Self.vocab, seqLen: 8192)
    #expect(model.parameters.totalBackbone == 6_106_906_624)
    #expect(model.parameters.activeNonVocabulary == model.parameters.totalNonVocabulary)
    #expect(model.activationRatio() == .one && model.granularity == nil)
    #expect(model.denseLayerRatio == .one && model.sharedRatio == Ratio(0))
  }

  /// Table 11: one group of equal M, its trunk and its (d_model, d_expert) pairs.
  struct Group: Sendable {
    var layers: Int
    var heads: Int
    var kvHeads: Int
    var pairs: [(Int, Int)]
    /// Forward FLOPs for each token.
    var range: ClosedRange<Int>

    func architectures() -> [Architecture] {
      pairs.map { dModel, dExpert in
        Architecture(
          layers: layers, dModel: dModel, heads: heads, kvHeads: kvHeads, dFFN: 0,
          dExpert: dExpert, experts: 64, topK: 2, sharedExperts: 1, denseLayers: 0,
          vocab: PaperArchitectureTests.vocab, seqLen: 4096)
      }
    }
  }

  static let table11 = [
    Group(
      layers: 8, heads: 8, kvHeads: 2,
      pairs: [(352, 450), (368, 380), (384, 320), (400, 260), (416, 208)],
      range: 73_788_416...73_924_608),
    Group(
      layers: 8, heads: 8, kvHeads: 2,
      pairs: [(480, 626), (512, 512), (544, 410), (560, 364), (576, 320)],
      range: 115_258_368...115_399_680),
    Group(
      layers: 10, heads: 10, kvHeads: 2,
      pairs: [(600, 766), (640, 640), (680, 528), (700, 476), (740, 380)],
      range: 198_142_400...198_312_000),
    Group(
      layers: 14, heads: 12, kvHeads: 4,
      pairs: [(696, 988), (768, 768), (816, 642), (840, 584), (888, 474)],
      range: 368_633_664...369_102_720),
    Group(
      layers: 16, heads: 16, kvHeads: 4,
      pairs: [(896, 1378), (1024, 1024), (1088, 876), (1152, 742), (1184, 680)],
      range: 654_311_424...654_696_448),
    Group(
      layers: 22, heads: 20, kvHeads: 4,
      pairs: [(1120, 1686), (1280, 1280), (1360, 1110), (1440, 956), (1520, 816)],
      range: 1_283_025_920...1_283_941_120),
  ]

  @Test("Table 11 is constant in the paper convention and drifts in the others", arguments: table11)
  func constantGroups(group: Group) throws {
    let models = group.architectures()
    for model in models { try model.validate() }
    func range(_ convention: FLOPConvention) -> ClosedRange<Int> {
      let counts = models.map { $0.forwardFLOPsPerToken(convention) }
      return counts.min()!...counts.max()!
    }
    func spread(_ convention: FLOPConvention) -> Double {
      Double(range(convention).upperBound) / Double(range(convention).lowerBound) - 1
    }
    #expect(range(.paper) == group.range)
    #expect(spread(.paper) < 0.002)
    #expect(spread(.printed) > 0.013)
    #expect(spread(.causal) > 0.07)
  }
}
