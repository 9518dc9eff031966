import Experiment
import Testing

@testable import Trainer

@Suite("The plan of a run")
struct TrainingPlanTests {
  private func plan(steps: Int, evaluations: Int) -> TrainingPlan {
    var spec = TinyLanguage.spec(steps: steps)
    spec.evaluation.count = evaluations
    return TrainingPlan(spec)
  }

  @Test("evaluates as often as asked, evenly, and at the end", arguments: [1, 7, 100, 1001], 0...5)
  func evaluations(steps: Int, count: Int) {
    let plan = plan(steps: steps, evaluations: count)
    let when = (1...steps).filter(plan.evaluates)
    #expect(when.count == max(1, min(count, steps)))
    #expect(when.last == steps)
    let gaps = zip(when, [0] + when).map { $0 - $1 }
    #expect(gaps.max()! - gaps.min()! <= 1)
  }

  @Test("reports at most 200 times, the last step included", arguments: [1, 199, 200, 201, 5000])
  func reports(steps: Int) {
    let when = (1...steps).filter(plan(steps: steps, evaluations: 1).reports)
    #expect((1...200).contains(when.count))
    #expect(when.last == steps)
  }

  @Test(
    "averages the final loss over a twentieth of the run", arguments: [(1, 1), (19, 1), (400, 20)])
  func final(steps: Int, expected: Int) {
    let plan = plan(steps: steps, evaluations: 1)
    #expect((1...steps).filter(plan.isFinal) == Array(steps - expected + 1...steps))
  }
}
