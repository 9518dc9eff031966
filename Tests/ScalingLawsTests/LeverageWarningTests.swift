import Foundation
import ScalingLaws
import Testing

@Suite("What an analysis refuses and warns of")
struct LeverageWarningTests {
  private func fit(
    _ runs: [ObservedRun], _ options: LeverageOptions = .init()
  ) throws(ScalingLawsError) -> LeverageAnalysis {
    try LeverageAnalysis.fit(runs: runs, seed: 1, bootstraps: 60, options: options)
  }

  @Test(
    "A value that no training produces is refused with its run",
    arguments: [
      Nonsense("loss") { $0.loss = .nan }, Nonsense("loss") { $0.loss = 0 },
      Nonsense("C") { $0.compute = -1 }, Nonsense("C budget") { $0.budget = .infinity },
      Nonsense("M") { $0.flopsPerToken = 0 }, Nonsense("seconds") { $0.seconds = 0 },
      Nonsense("A") { $0.activationRatio = 1.5 }, Nonsense("G") { $0.granularity = 0 },
      Nonsense("S") { $0.sharedRatio = -0.1 },
    ])
  private func nonsense(_ nonsense: Nonsense) throws {
    var runs = SimulatedStudy().runs(seed: 1)
    let index = try #require(runs.lastIndex { !$0.isDense })
    nonsense.spoil(&runs[index])
    do throws(ScalingLawsError) {
      _ = try fit(runs)
      Issue.record("a nonsensical \(nonsense.quantity) was accepted")
    } catch .invalidObservation(let run, let quantity, _, _) {
      #expect(run == runs[index].id)
      #expect(quantity == nonsense.quantity)
    } catch {
      Issue.record(error)
    }
  }

  @Test("A run given twice, no dense run, and one dense budget are refused")
  func structure() throws {
    let runs = SimulatedStudy().runs(seed: 1)
    #expect(throws: ScalingLawsError.duplicateRun(id: 1)) { try fit(runs + [runs[0]]) }
    #expect(throws: ScalingLawsError.noDenseRuns) { try fit(runs.filter { !$0.isDense }) }
    #expect(throws: ScalingLawsError.noDenseRuns) { try fit([]) }
    #expect(throws: ScalingLawsError.tooFewDenseBudgets(have: 1, need: 2)) {
      try fit(runs.filter { $0.budget == 1e12 })
    }
    #expect(throws: ScalingLawsError.self) {
      try LeverageAnalysis.fit(runs: runs, seed: 1, bootstraps: -1)
    }
    #expect(throws: ScalingLawsError.self) { try fit(runs, .init(lossResidual: .huber(delta: 0))) }
  }

  @Test("Runs that match a dense model beyond the dense budgets are flagged and counted")
  func extrapolated() throws {
    let analysis = try fit(SimulatedStudy(exponent: -0.21, noise: 0).runs(seed: 1))
    let flagged = analysis.runs.filter { $0.inCompute.estimate?.isExtrapolated == true }
    #expect(flagged.allSatisfy { $0.budget >= 3e12 })
    #expect(flagged.count == 4)
    #expect(analysis.warnings.contains(.extrapolated(runs: 4, of: 15)))
  }

  @Test("A best size at the edge is flagged at its budget")
  func edge() throws {
    let runs = SimulatedStudy().runs(seed: 1).filter { $0.budget != 1e12 || $0.point != "d0.5" }
    let fewer = try fit(runs)
    #expect(fewer.warnings.contains(.fewSizes(budget: 1e12, tried: 2)))
    var moved = SimulatedStudy().runs(seed: 1)
    for index in moved.indices where moved[index].budget == 3e12 && moved[index].point == "d2.0" {
      moved[index].loss *= 0.95
    }
    #expect(try fit(moved).warnings.contains(.bestSizeAtEdge(budget: 3e12, edge: .largest)))
  }

  @Test("Two budgets and no second seed tell no noise: estimates without intervals")
  func noNoise() throws {
    let analysis = try fit(SimulatedStudy(budgets: [1e11, 1e12]).runs(seed: 1))
    #expect(analysis.noise == nil)
    #expect(analysis.warnings.contains(.noiseUnknown))
    #expect(analysis.runs.allSatisfy { $0.inCompute.estimate?.interval == nil })
    #expect(analysis.denseLaw?.parameters.allSatisfy { $0.interval == nil } == true)
  }

  @Test("A loss below the irreducible term is refused by type and the other runs stand")
  func irreducible() throws {
    var runs = SimulatedStudy(alpha: 400, beta: 0.2, noise: 0).runs(seed: 1)
    for index in runs.indices { runs[index].loss += 1.8 }
    let last = try #require(runs.lastIndex { !$0.isDense })
    runs[last].loss = 1.7
    let analysis = try fit(runs, .init(curve: .offsetPowerLaw))
    #expect(analysis.denseLaw?.form == "power law with offset")
    #expect(analysis.runs.last?.inCompute == .refused(.lossBelowIrreducible))
    #expect(analysis.groups.filter { $0.inCompute.estimate == nil }.count == 1)
    #expect(analysis.runs.dropLast().allSatisfy { $0.inCompute.estimate != nil })
  }

  @Test("A dense loss that rises leaves every run refused and says why")
  func rising() throws {
    var runs = SimulatedStudy(noise: 0).runs(seed: 1)
    for index in runs.indices where runs[index].isDense {
      runs[index].loss = 10 / runs[index].loss
    }
    let analysis = try fit(runs)
    #expect(analysis.runs.allSatisfy { $0.inCompute == .refused(.denseCurveNotFalling) })
    let warned = analysis.denseLaw?.warnings.contains {
      if case .notFalling(let exponent) = $0 { exponent < 0 } else { false }
    }
    #expect(warned == true)
  }

  @Test("A curve that is no power law makes the two inversions disagree")
  func disagreement() throws {
    var runs = SimulatedStudy(noise: 0).runs(seed: 1)
    let bump = [1e11: 0.98, 3e11: 1.02, 1e12: 0.98, 3e12: 1.02, 6e12: 1]
    for index in runs.indices where runs[index].isDense {
      runs[index].loss *= bump[runs[index].budget] ?? 1
    }
    let disagrees = try fit(runs).warnings.contains {
      if case .methodsDisagree = $0 { true } else { false }
    }
    #expect(disagrees)
    let agrees = try fit(SimulatedStudy(noise: 0).runs(seed: 1)).warnings.contains {
      if case .methodsDisagree = $0 { true } else { false }
    }
    #expect(!agrees)
  }

  @Test("A bootstrap over few budgets, and an exponent through two A, say so")
  func few() throws {
    let runs = SimulatedStudy(ratios: [0.5, 0.125]).runs(seed: 1)
    let analysis = try fit(runs, .init(resampling: .cells))
    #expect(analysis.warnings.contains(.fewCells(have: 5, wanted: 8)))
    let law = try #require(analysis.laws.last)
    #expect(law.warnings.contains(.fewActivationRatios(have: 2, wanted: 3)))
    #expect(law.parameter("a_A")?.interval != nil)
  }
}

/// One way to spoil a run.
private struct Nonsense: Sendable, CustomTestStringConvertible {
  var quantity: String
  var spoil: @Sendable (inout ObservedRun) -> Void

  init(_ quantity: String, spoil: @escaping @Sendable (inout ObservedRun) -> Void) {
    self.quantity = quantity
    self.spoil = spoil
  }

  var testDescription: String { quantity }
}
