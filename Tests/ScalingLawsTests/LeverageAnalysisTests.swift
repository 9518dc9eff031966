import Foundation
import ScalingLaws
import Testing

@Suite("Leverage analysis")
struct LeverageAnalysisTests {
  @Test(
    "Without noise the planted leverage is found in FLOPs and in time, by both inversions",
    arguments: [InversionMethod.fittedCurve, .interpolation])
  func exactRecovery(method: InversionMethod) throws {
    let world = SimulatedStudy(exponent: -0.21, noise: 0)
    let analysis = try LeverageAnalysis.fit(
      runs: world.runs(seed: 1), seed: 1, bootstraps: 50, options: .init(method: method))
    #expect(analysis.groups.count == 15)
    #expect(analysis.runs.count == 15)
    for group in analysis.groups {
      let estimate = try #require(group.inCompute.estimate)
      let time = try #require(group.inTime?.estimate)
      let planted = world.leverage(group.activationRatio)
      #expect(abs(estimate.value / planted - 1) < 1e-4)
      #expect(abs(time.value * world.slowdown / planted - 1) < 1e-4)
      #expect(estimate.isExtrapolated == (group.budget * planted > 6.1e12))
    }
    let activation = analysis.laws.filter { $0.form == "power law through one" }
    #expect(activation.count == 5)
    for law in activation {
      #expect(abs((law.parameter("a_A")?.value ?? 0) + 0.21) < 1e-4)
      #expect(law.runs.count == 3)
    }
  }

  @Test("The order of the runs changes nothing, not one bit")
  func orderInvariance() throws {
    let runs = SimulatedStudy(moeSeeds: 2).runs(seed: 5)
    let sorted = try LeverageAnalysis.fit(runs: runs, seed: 9, bootstraps: 100)
    for _ in 0..<3 {
      let shuffled = try LeverageAnalysis.fit(runs: runs.shuffled(), seed: 9, bootstraps: 100)
      #expect(shuffled == sorted)
    }
    let otherSeed = try LeverageAnalysis.fit(runs: runs, seed: 10, bootstraps: 100)
    #expect(otherSeed.runs[0].inCompute.estimate?.value == sorted.runs[0].inCompute.estimate?.value)
    #expect(otherSeed.runs[0].inCompute != sorted.runs[0].inCompute)
  }

  @Test("Leverage does not depend on the unit of compute, α alone does")
  func unitInvariance() throws {
    let flops = try LeverageAnalysis.fit(
      runs: SimulatedStudy().runs(seed: 5), seed: 9, bootstraps: 100)
    let petaflopDays = try LeverageAnalysis.fit(
      runs: SimulatedStudy(unit: 1 / 8.64e19).runs(seed: 5), seed: 9, bootstraps: 100)
    for (a, b) in zip(flops.runs, petaflopDays.runs) {
      let x = try #require(a.inCompute.estimate)
      let y = try #require(b.inCompute.estimate)
      #expect(abs(x.value / y.value - 1) < 1e-6)
      let (u, v) = (try #require(x.interval), try #require(y.interval))
      #expect(abs(u.low / v.low - 1) < 1e-5)
      #expect(abs(u.high / v.high - 1) < 1e-5)
    }
  }

  @Test("The JSON that is stored is read back as the same value")
  func codable() throws {
    let analysis = try LeverageAnalysis.fit(
      runs: SimulatedStudy().runs(seed: 5), seed: 9, bootstraps: 40)
    let data = try JSONEncoder().encode(analysis)
    #expect(try JSONDecoder().decode(LeverageAnalysis.self, from: data) == analysis)
    let refused = try JSONEncoder().encode(LeverageOutcome.refused(.lossBelowIrreducible))
    #expect(String(decoding: refused, as: UTF8.self) == #"{"refused":"loss_below_irreducible"}"#)
  }

  @Test("A group's leverage is the geometric mean of its seeds', with a narrower interval")
  func groups() throws {
    let runs = SimulatedStudy(denseSeeds: 3, moeSeeds: 4).runs(seed: 8)
    let analysis = try LeverageAnalysis.fit(runs: runs, seed: 2, bootstraps: 400)
    let byRun = Dictionary(uniqueKeysWithValues: analysis.runs.map { ($0.run, $0) })
    for group in analysis.groups {
      let members = try group.runs.map { try #require(byRun[$0]?.inCompute.estimate) }
      let mean = exp(members.reduce(0) { $0 + log($1.value) } / Double(members.count))
      let estimate = try #require(group.inCompute.estimate)
      #expect(abs(estimate.value / mean - 1) < 1e-12)
      let own = try #require(estimate.interval)
      for member in members {
        let interval = try #require(member.interval)
        #expect(log(own.high / own.low) < log(interval.high / interval.low))
      }
    }
  }

  @Test("G and S points do not enter the sweep of A")
  func sweepsHoldGranularityAndSharing() throws {
    var runs = SimulatedStudy().runs(seed: 3)
    for (offset, change) in [(0, (8.0, 0.333)), (1, (2.0, 0.8))] {
      var run = try #require(runs.last)
      run.id += Int64(offset + 1)
      run.point = "other \(offset)"
      (run.granularity, run.sharedRatio) = change
      run.loss *= 0.9
      runs.append(run)
    }
    let analysis = try LeverageAnalysis.fit(runs: runs, seed: 3, bootstraps: 0)
    let laws = analysis.laws.filter { $0.form == "power law through one" }
    #expect(laws.count == 5)
    #expect(laws.allSatisfy { $0.runs.count == 3 })
    #expect(analysis.groups.count == 17)
  }

  @Test("Laws name the runs behind them: the best size's for the dense curve")
  func runsBehindLaws() throws {
    let runs = SimulatedStudy(noise: 0.0001, denseSeeds: 2).runs(seed: 3)
    let analysis = try LeverageAnalysis.fit(runs: runs, seed: 3, bootstraps: 50)
    let best = runs.filter { $0.isDense && $0.point == "d1.0" }.map(\.id)
    #expect(analysis.denseLaw?.runs == best)
    #expect(analysis.denseLaw?.name == "dense loss against C")
    #expect(analysis.laws.filter { $0.subject == .denseLossAgainstSeconds }.count == 2)
  }

  @Test("Untimed runs have no leverage in time, and the rest stands")
  func untimed() throws {
    var runs = SimulatedStudy().runs(seed: 3)
    let moe = try #require(runs.firstIndex { !$0.isDense })
    runs[moe].seconds = nil
    let partly = try LeverageAnalysis.fit(runs: runs, seed: 3, bootstraps: 50)
    #expect(partly.runs.filter { $0.inTime == nil }.map(\.run) == [runs[moe].id])
    for index in runs.indices where runs[index].isDense { runs[index].seconds = nil }
    let none = try LeverageAnalysis.fit(runs: runs, seed: 3, bootstraps: 50)
    #expect(none.runs.allSatisfy { $0.inTime == nil && $0.inCompute.estimate != nil })
  }
}
