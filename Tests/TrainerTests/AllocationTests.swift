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

  @Test("a run's step asks for none between its events", arguments: [true, false])
  func ofRun(dense: Bool) throws {
    // Events after each fifth step, and the balance after each fiftieth.
    let spec = TinyLanguage.spec(dense: dense, steps: 1000)
    let run = try TinyLanguage.process(spec).makeRun()
    for _ in 1...55 { _ = run.advance { _ in } }
    ca_start()
    for _ in 56...59 { _ = run.advance { _ in } }
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
