import Experiment
import Testing
import Wire

@testable import Trainer

@Suite("The loads of a router")
struct RouterLoadsTests {
  @Test("add up over steps; an expert is dead when no step used it")
  func sums() {
    var loads = RouterLoads(layers: 2, experts: 4)
    loads.add([[4, 0, 0, 0], [1, 1, 1, 1]])
    loads.add([[0, 4, 0, 0], [1, 1, 1, 1]])
    #expect(loads.layers.map(\.deadExperts) == [2, 0])
    // The busiest of the first layer has twice the mean, the second layer is even.
    #expect(loads.maxOverMean == 1.5)
    #expect(loads.layers.map(\.maxOverMean) == [2, 1])
    #expect(loads.layers.map(\.deadShare) == [0.5, 0])
    loads.clear()
    #expect(loads == RouterLoads(layers: 2, experts: 4))
  }

  @Test("show experts that a router never chooses")
  func dead() throws {
    let golden = try #require(GoldenCase.all.first { !$0.spec.architecture.isDense })
    let model = try golden.model()
    let batch = TokenBatch(
      sequences: golden.spec.batchSequences, seqLen: golden.spec.architecture.seqLen)
    golden.load(batch, step: 0)
    let experts = golden.spec.architecture.experts
    // Far below any score: nobody chooses the last three experts of the first block.
    for expert in experts - 3..<experts { model.selectionBias.base[expert] = -10 }
    _ = model.evaluate(batch)
    #expect(LayerLoad(model.loads[0]).deadShare == 0.5)
  }

  @Test("of a dense model are none")
  func dense() {
    #expect(RouterLoads.maxOverMean([]) == 0)
  }
}
