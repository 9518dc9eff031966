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
    ca_start()
    step()
    #expect(ca_stop() == 0)
  }

  @Test("the count is of this thread, and sees an array")
  func count() {
    ca_start()
    let array = Array(repeating: Float.random(in: 0..<1), count: 1000)
    let count = ca_stop()
    #expect(array.count == 1000)
    #expect(count > 0)
  }
}
