import CAllocations
import CKernels
import Experiment
import Testing

@testable import Trainer

@Suite("Memory of a training step")
struct AllocationTests {
  @Test("a step asks for none", arguments: GradientCase.all)
  func none(_ example: GradientCase) {
    let (model, _, batch) = example.make()
    let optimiser = AdamW(.init(learningRate: 0.01), count: model.layout.count)
    let step = {
      _ = model.differentiate(batch)
      _ = optimiser.update(model, learningRate: 0.01)
      model.updateSelectionBias()
    }
    // The first one meets what the runtime sets up once.
    step()
    let before = ca_allocations()
    step()
    #expect(ca_allocations() == before)
  }

  @Test("the count is of this thread, and sees an array")
  func count() {
    let before = ca_allocations()
    let array = Array(repeating: Float.random(in: 0..<1), count: 1000)
    #expect(array.count == 1000)
    #expect(ca_allocations() > before)
  }
}
