import Experiment
import Foundation
import Testing

@Suite("The solver finds integer shapes at constant M")
struct ShapeSolverTests {
  /// One scale of models with targets to draw from.
  struct Scale: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var targets: ClosedRange<Double>
    var base: BaseShape
    var seqLen: Int
    /// What G is swept over: wide enough experts for it are found at the scale.
    var granularities: [Int]

    func solver(_ kind: ModelKind) -> ShapeSolver {
      ShapeSolver(kind: kind, base: base, vocab: 1024, seqLen: seqLen)
    }

    func target(_ generator: inout SplitMix) -> Double {
      let exponent = Double.random(in: 0...1, using: &generator)
      return targets.lowerBound * pow(targets.upperBound / targets.lowerBound, exponent)
    }
  }

  static let mini = Scale(
    testDescription: "mini", targets: 2.5e5...3e6, base: BaseShape(), seqLen: 128,
    granularities: [4, 8])
  static let paper = Scale(
    testDescription: "paper", targets: 3e8...8e9,
    base: BaseShape(
      depth: .aspect(ratio: Ratio(58), minimum: 8), widthMultiple: 32, headDim: 64,
      kvRatio: Ratio(1, 4)),
    seqLen: 4096, granularities: [4, 8, 12, 16])

  private func error(_ shape: Architecture, _ target: Double) -> Double {
    abs(Double(shape.trainingFLOPsPerToken()) / target - 1)
  }

  @Test("A base is within 0.5 % of most targets and 1 % of all", arguments: [mini, paper])
  func bases(scale: Scale) throws {
    for kind in ModelKind.allCases {
      var generator = SplitMix(seed: 11)
      var good = 0
      for _ in 0..<200 {
        let target = scale.target(&generator)
        let shape = try scale.solver(kind).baseShape(target: target)
        try shape.validate()
        #expect(error(shape, target) <= 0.01)
        if error(shape, target) <= 0.005 { good += 1 }
        let width = kind == .moe ? shape.activatedWidth : shape.dFFN
        #expect(abs(log(Double(width) / Double(3 * shape.dModel))) < 0.35)
      }
      #expect(good >= 180)
    }
  }

  @Test("Random points keep M within 2 %, mostly 0.5 %", arguments: [mini, paper])
  func points(scale: Scale) throws {
    var generator = SplitMix(seed: 5)
    var (all, good) = (0, 0)
    for _ in 0..<100 {
      let granularities = scale.granularities.map { ShapePoint(granularity: Ratio($0)) }
      let others = [
        ShapePoint(activation: Ratio(1, Int.random(in: 1...64, using: &generator) * 2)),
        ShapePoint(sharedRatio: Ratio(Int.random(in: 0...2, using: &generator), 3)),
        ShapePoint(denseLayers: Ratio(1)),
        ShapePoint(activation: Ratio(1, 32), granularity: Ratio(4), sharedRatio: Ratio(1, 6)),
      ]
      let solver = scale.solver(.moe)
      let base = try solver.baseShape(
        target: scale.target(&generator), siblings: granularities + others)
      for point in granularities + others {
        let shape = try solver.shape(at: point, beside: base)
        try shape.validate()
        all += 1
        let miss = error(shape, Double(base.trainingFLOPsPerToken()))
        #expect(miss <= ShapeSolver.worstError)
        if miss <= ShapeSolver.goodError { good += 1 }
        #expect(shape.dModel == base.dModel && shape.layers == base.layers)
        #expect(shape.heads == base.heads && shape.kvHeads == base.kvHeads)
      }
    }
    #expect(Double(good) >= 0.85 * Double(all))
  }

  @Test("A leaves everything but E alone, and keeps M exactly")
  func activation() throws {
    let solver = Self.mini.solver(.moe)
    let base = try solver.baseShape(target: 6e5)
    for power in 0...7 {
      let shape = try solver.shape(
        at: ShapePoint(activation: Ratio(1, 1 << power)), beside: base)
      var expected = base
      expected.experts = 2 << power
      #expect(shape == expected)
      #expect(shape.activationRatio() == Ratio(1, 1 << power))
      #expect(shape.trainingFLOPsPerToken() == base.trainingFLOPsPerToken())
    }
  }

  @Test("G scales the experts against their width, and A and S hold")
  func granularity() throws {
    let solver = Self.paper.solver(.moe)
    let base = try solver.baseShape(target: 1e9)
    for factor in [2, 3, 4, 6, 8] {
      let shape = try solver.shape(
        at: ShapePoint(granularity: Ratio(2 * factor)), beside: base)
      #expect(shape.experts == base.experts * factor && shape.topK == base.topK * factor)
      #expect(shape.activationRatio() == base.activationRatio())
      #expect(shape.sharedRatio == base.sharedRatio)
      #expect(abs(shape.dExpert * factor - base.dExpert) <= factor / 2)
    }
  }

  @Test("S splits what is activated, E holds, and the routed A floats")
  func sharedRatio() throws {
    var scale = Self.paper
    scale.base.topK = 11
    scale.base.activation = Ratio(11, 256)
    scale.base.granularity = Ratio(8)
    let solver = scale.solver(.moe)
    let base = try solver.baseShape(target: 1e9)
    for (ratio, topK, shared) in [
      (Ratio(5, 6), 2, 10), (Ratio(1, 2), 6, 6), (Ratio(1, 12), 11, 1), (Ratio(0), 12, 0),
    ] {
      let shape = try solver.shape(at: ShapePoint(sharedRatio: ratio), beside: base)
      #expect(shape.experts == 256 && shape.topK == topK && shape.sharedExperts == shared)
      #expect(shape.sharedRatio == ratio)
      #expect(shape.trainingFLOPsPerToken() == base.trainingFLOPsPerToken())
    }
  }

  @Test("Dense layers take the activated width and keep M exactly")
  func denseLayers() throws {
    let solver = Self.paper.solver(.moe)
    let base = try solver.baseShape(target: 3e9)
    for count in 1...3 {
      let point = ShapePoint(denseLayers: Ratio(count))
      let shape = try solver.shape(at: point, beside: base)
      #expect(shape.denseLayers == count && shape.dFFN == 3 * base.dExpert)
      #expect(shape.trainingFLOPsPerToken() == base.trainingFLOPsPerToken())
      let share = ShapePoint(denseLayers: Ratio(count, base.layers))
      #expect(try solver.shape(at: share, beside: base) == shape)
    }
  }

  @Test(
    "Attention share moves d_model and d_expert against each other",
    arguments: [AttentionShareDefinition.projectionsAndScores, .projections])
  func attentionShare(definition: AttentionShareDefinition) throws {
    var scale = Self.paper
    scale.base.attentionShareDefinition = definition
    let solver = scale.solver(.moe)
    let base = try solver.baseShape(target: 3e9)
    let own = base.attentionShare(definition).doubleValue
    var narrower = Int.max
    for factor in [0.9, 1, 1.1] {
      let wanted = Ratio(Int(own * factor * 1000), 1000)
      let shape = try solver.shape(at: ShapePoint(attentionShare: wanted), beside: base)
      try shape.validate()
      #expect(abs(shape.attentionShare(definition).doubleValue / wanted.doubleValue - 1) < 0.05)
      #expect(error(shape, Double(base.trainingFLOPsPerToken())) <= 0.005)
      #expect(shape.dExpert < narrower)
      narrower = shape.dExpert
    }
  }
}
