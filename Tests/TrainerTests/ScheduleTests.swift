import Experiment
import Testing

@testable import Trainer

@Suite("The learning rate's schedule")
struct ScheduleTests {
  let schedule = RunSpec.Schedule(warmupFraction: 0.1, decayFraction: 0.2, finalFraction: 0.1)

  private func rates(_ schedule: RunSpec.Schedule, steps: Int) -> [Double] {
    (1...steps).map { schedule.learningRate($0, of: steps, peak: 2) }
  }

  @Test("rises linearly, holds, and falls exponentially to its final fraction")
  func golden() {
    let rates = rates(schedule, steps: 100)
    #expect(rates[0] == 0.2 && rates[4] == 1)
    #expect(rates[9...79].allSatisfy { $0 == 2 })
    // Half of the decay in logarithm: 2·√0.1.
    #expect(abs(rates[89] - 0.632_455_532) < 1e-9)
    #expect(abs(rates[99] - 0.2) < 1e-12)
  }

  @Test("is positive, at most the peak, and rises before it falls", arguments: 1...40)
  func shape(steps: Int) {
    let rates = rates(schedule, steps: steps)
    #expect(rates.allSatisfy { 0 < $0 && $0 <= 2 })
    let top = rates.firstIndex(of: rates.max()!)!
    #expect(zip(rates[..<top], rates[1...]).allSatisfy { $0 <= $1 })
    #expect(zip(rates[top...], rates[top...].dropFirst()).allSatisfy { $0 >= $1 })
  }

  @Test("without warm-up and decay is constant")
  func constant() {
    let schedule = RunSpec.Schedule(warmupFraction: 0, decayFraction: 0, finalFraction: 0.1)
    #expect(rates(schedule, steps: 20).allSatisfy { $0 == 2 })
  }
}
