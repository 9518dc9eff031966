import Experiment
import Testing
@Suite struct Scratch {
  @Test func speed() throws {
    let values = (0...7).map { Ratio(1, 1 << $0) }
    let c = ContinuousClock()
    var grid = GridExpansionTests.grid([GridExpansionTests.family(.moe, [Grid.Sweep([Grid.AxisValues(.activation, values), Grid.AxisValues(.granularity, [2,4,8].map{Ratio($0)}), Grid.AxisValues(.learningRate, (1...20).map { Ratio($0, 10) })])])], seeds: Array(1...70))
    var t = c.now
    let runs = try grid.expand(resolved: ResolvedSettings(), corpus: GridExpansionTests.corpus, vocab: 1024)
    print("EXPAND", runs.count, c.now - t)
    t = c.now
    var n = 0
    for r in runs { n += r.spec.canonical.utf8.count }
    print("CANON", n, c.now - t)
    grid.budgets = [1e12]
    let s = ShapeSolver(kind: .moe, base: BaseShape(depth: .fixed(1), widthMultiple: 2), vocab: 10, seqLen: 128)
    t = c.now
    let x = try s.baseShape(target: 9e13)
    print("HUGE", x, x.parameters.totalNonVocabulary, c.now - t)
    t = c.now
    let q = ShapeSolver(kind: .moe, base: BaseShape(depth: .fixed(24), widthMultiple: 4, headDim: 64), vocab: 10, seqLen: 4096)
    let y = try q.baseShape(target: 5e9)
    print("PAPER", y, y.parameters.totalNonVocabulary, c.now - t)
  }
}
