import Experiment
import Foundation
import Testing

@Suite("A grid expands into runs, the same ones every time")
struct GridExpansionTests {
  static let corpus = RunSpec.CorpusReference(
    name: "debian-mix", sha256: String(repeating: "a", count: 64))
  /// M at the mini scale: d_model 32 at 1e11, about 80 at 3e12.
  static let allocation = Grid.SettingSource.power(PowerLaw(a: 0.8, b: 0.5))

  static func family(
    _ kind: ModelKind, _ sweeps: [Grid.Sweep] = [], base: BaseShape = BaseShape()
  ) -> Grid.Family {
    Grid.Family(
      name: kind.rawValue, kind: kind, base: base, sweeps: sweeps, allocation: allocation,
      learningRate: .power(PowerLaw(a: 1.1576, b: -0.1529)), batchTokens: .number(1024))
  }

  static func sweep(_ axis: Axis, _ values: [Ratio]) -> Grid.Sweep {
    Grid.Sweep([Grid.AxisValues(axis, values)])
  }

  static func grid(_ families: [Grid.Family], seeds: [UInt64] = [1]) -> Grid {
    Grid(
      study: "leverage", name: "axes", corpus: "debian-mix", budgets: [3e11, 1e12, 3e12],
      seeds: seeds, families: families)
  }

  private func expand(_ grid: Grid) throws -> [PlannedRun] {
    try grid.expand(resolved: ResolvedSettings(), corpus: Self.corpus, vocab: 1024)
  }

  @Test("A from 1 to 1/128 at three budgets keeps M constant and leaves the budget spent")
  func activationRatio() throws {
    let values = (0...7).map { Ratio(1, 1 << $0) }
    let runs = try expand(Self.grid([Self.family(.moe, [Self.sweep(.activation, values)])]))
    #expect(runs.count == 24)
    for (index, run) in runs.enumerated() {
      #expect(run.point[.activation] == values[index % 8])
      #expect(run.spec.architecture.activationRatio() == values[index % 8])
      #expect(abs(run.baseError) <= 0.005 && abs(run.targetError) <= 0.01)
      #expect(run.modelFLOPs == runs[index / 8 * 8].modelFLOPs)
      #expect(abs(run.compute / run.budget - 1) <= 0.5 / Double(run.spec.steps) + 1e-12)
      #expect(run.spec.tokens == run.spec.steps * run.spec.batchTokens)
    }
  }

  @Test("Equal grids expand to equal runs, in the order of families, budgets, points, seeds")
  func order() throws {
    let grid = Self.grid(
      [
        Self.family(.dense, [Self.sweep(.scale, [Ratio(1, 2), .one, Ratio(2)])]),
        Self.family(
          .moe,
          [
            Self.sweep(.activation, [Ratio(1, 2), Ratio(1, 8)]),
            Self.sweep(.granularity, [Ratio(4)]),
          ]
        ),
      ], seeds: [1, 2])
    let runs = try expand(grid)
    #expect(try expand(grid) == runs)
    let labels = runs.map { "\($0.family) \($0.budget) \($0.point) \($0.spec.seed)" }
    var expected: [String] = []
    for (family, points) in [
      ("dense", ["scale=1/2", "scale=1", "scale=2"]), ("moe", ["A=1/2", "A=1/8", "G=4"]),
    ] {
      for budget in grid.budgets {
        for point in points {
          for seed in [1, 2] { expected.append("\(family) \(budget) \(point) \(seed)") }
        }
      }
    }
    #expect(labels == expected)
    #expect(Set(runs.map(\.spec.canonical)).count == runs.count)
  }

  @Test("A sweep leaves every other axis at the base")
  func oneAxisAtATime() throws {
    let family = Self.family(
      .moe,
      [
        Self.sweep(.activation, [Ratio(1, 32)]), Self.sweep(.sharedRatio, [Ratio(2, 3)]),
        Self.sweep(.balanceCoefficient, [Ratio(1, 10)]), Self.sweep(.learningRate, [Ratio(2)]),
        Self.sweep(.batch, [Ratio(1, 2)]), Self.sweep(.denseLayers, [.one]),
        Self.sweep(.biasUpdate, [Ratio(1, 1000)]),
      ])
    let base = try expand(Self.grid([Self.family(.moe)]))
    for (origin, runs) in zip(base, try expand(Self.grid([family])).chunked(into: 7)) {
      var specs = Array(repeating: origin.spec, count: 7)
      specs[0].architecture.experts = 64
      specs[1].architecture.topK = 1
      specs[1].architecture.sharedExperts = 2
      specs[2].router.balanceCoefficient = 0.1
      specs[3].optimiser.learningRate = runs[3].spec.optimiser.learningRate
      specs[4].batchSequences /= 2
      specs[4].steps = runs[4].spec.steps
      specs[5].architecture.denseLayers = 1
      specs[5].architecture.dFFN = origin.spec.architecture.activatedWidth
      specs[6].router.biasUpdate = 0.001
      #expect(runs.map(\.spec) == specs)
      let rate = runs[3].spec.optimiser.learningRate / origin.spec.optimiser.learningRate
      #expect(abs(rate - 2) < 1e-3)
      #expect(abs(runs[4].spec.steps - 2 * origin.spec.steps) <= 1)
    }
  }

  @Test("Several axes in one sweep are their product, and points that coincide are one run")
  func products() throws {
    let product = Grid.Sweep([
      Grid.AxisValues(.activation, [Ratio(1, 4), Ratio(1, 8)]),
      Grid.AxisValues(.granularity, [Ratio(2), Ratio(4)]),
    ])
    let again = Self.sweep(.activation, [Ratio(1, 8), Ratio(1, 16)])
    var grid = Self.grid([Self.family(.moe, [product, again])])
    grid.budgets = [1e12]
    let points = try expand(grid).map(\.point.description)
    #expect(points == ["A=1/4 G=2", "A=1/4 G=4", "A=1/8 G=2", "A=1/8 G=4", "A=1/16"])
  }

  @Test("Scale moves M and D against each other")
  func scale() throws {
    let scales = [Ratio(1, 2), .one, Ratio(2)]
    for run in try expand(Self.grid([Self.family(.dense, [Self.sweep(.scale, scales)])])) {
      let wanted = 0.8 * run.budget.squareRoot() * (run.point[.scale] ?? .one).doubleValue
      #expect(abs(Double(run.modelFLOPs) / wanted - 1) <= 0.01)
      #expect(abs(run.compute / run.budget - 1) <= 0.01)
      #expect(run.spec.architecture.isDense)
    }
  }

  @Test("The canonical spec is golden")
  func golden() throws {
    let run = try #require(
      try expand(Self.grid([Self.family(.moe, [Self.sweep(.activation, [Ratio(1, 32)])])])).first)
    #expect(
      run.spec.canonical
        == #"{"architecture":{"d_expert":44,"d_ffn":0,"d_model":44,"dense_layers":0,"experts":64,"#
        + #""heads":2,"kv_heads":2,"layers":2,"seq_len":128,"shared_experts":1,"top_k":2,"#
        + #""vocab":1024},"batch_sequences":8,"corpus":{"name":"debian-mix","sha256":""#
        + Self.corpus.sha256 + #""},"evaluation":{"count":5,"sequences":256},"#
        + #""initialisation":"fan_in","optimiser":{"beta1":0.9,"beta2":0.95,"clip":1,"#
        + #""epsilon":1e-08,"learning_rate":0.020357,"weight_decay":0.1},"router":"#
        + #"{"balance_coefficient":0.01,"bias_update":0,"gate":"softmax_renormalised","#
        + #""z_coefficient":0.001},"schedule":{"decay_fraction":0.2,"final_fraction":0.1,"#
        + #""warmup_fraction":0.01},"seed":1,"steps":670,"trainer":"native"}"#)
  }
}

extension Array {
  fileprivate func chunked(into size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
