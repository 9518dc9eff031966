import Foundation
import ScalingLaws
import Testing

@Suite("Leverage of families")
struct FamilyLeverageTests {
  @Test("Without noise each family's leverage is the planted one at each budget")
  func exact() throws {
    let world = SimulatedStudy(exponent: -0.21, noise: 0)
    let study = try FamilyLeverageStudy(runs: world.runs(seed: 1), seed: 1, bootstraps: 40)
    #expect(study.families.count == 3)
    #expect(study.rows.count == 15)
    #expect(Set(study.families.map(\.family.activationRatio)) == Set(world.ratios))
    for row in study.rows {
      let estimate = try #require(row.outcome.estimate)
      #expect(abs(estimate.value / world.leverage(row.family.activationRatio) - 1) < 1e-4)
      #expect(estimate.isExtrapolated == (estimate.dense > 6.1e12))
    }
    #expect(abs(study.dense.curve.beta - world.beta) < 1e-6)
    #expect(study.refusals.isEmpty)
  }

  @Test("Intervals carry the noise of both curves and hold the planted leverage")
  func intervals() throws {
    let world = SimulatedStudy(noise: 0.003, denseSeeds: 2, moeSeeds: 2)
    var held = 0
    var total = 0
    for seed in 1...8 {
      let study = try FamilyLeverageStudy(
        runs: world.runs(seed: UInt64(seed)), budgets: [1e12], seed: 1, bootstraps: 200,
        options: .init(curve: .powerLaw))
      for row in study.rows {
        let interval = try #require(row.outcome.estimate?.interval)
        total += 1
        if interval.contains(world.leverage(row.family.activationRatio)) { held += 1 }
      }
    }
    #expect(total == 24)
    #expect(held >= 20)
  }

  @Test("Noise in the family alone, or in the dense curve alone, widens the interval")
  func bothCurves() throws {
    let quiet = SimulatedStudy(noise: 0.0005).runs(seed: 2)
    let loud = SimulatedStudy(noise: 0.005).runs(seed: 2)
    func width(dense: [ObservedRun], moe: [ObservedRun]) throws -> Double {
      let study = try FamilyLeverageStudy(
        runs: dense.filter(\.isDense) + moe.filter { !$0.isDense }, budgets: [1e12], seed: 1,
        bootstraps: 200, options: .init(curve: .powerLaw))
      let interval = try #require(study.rows[0].outcome.estimate?.interval)
      return log(interval.high / interval.low)
    }
    let least = try width(dense: quiet, moe: quiet)
    #expect(try width(dense: loud, moe: quiet) > least)
    #expect(try width(dense: quiet, moe: loud) > least)
    #expect(try width(dense: loud, moe: loud) > least)
  }

  @Test("A budget outside the family's own is flagged and counted")
  func extrapolation() throws {
    let runs = SimulatedStudy().runs(seed: 3)
    let study = try FamilyLeverageStudy(
      runs: runs, budgets: [1e12, 1e15], seed: 1, bootstraps: 0,
      options: .init(curve: .powerLaw))
    for row in study.rows {
      let estimate = try #require(row.outcome.estimate)
      #expect(estimate.isExtrapolated == (row.compute == 1e15))
      #expect(estimate.interval == nil)
    }
    #expect(study.warnings.contains(.extrapolated(points: 3, of: 6)))
    let inside = try FamilyLeverageStudy(
      runs: runs, budgets: [3e11], seed: 1, bootstraps: 0, options: .init(curve: .powerLaw))
    #expect(inside.warnings.isEmpty)
  }

  @Test("Shapes that realise A, G and S only nearly are one family, other values another")
  func families() throws {
    var runs = SimulatedStudy(ratios: [0.125]).runs(seed: 4)
    for index in runs.indices where !runs[index].isDense {
      runs[index].granularity = 2 + 0.05 * Double(index % 3)
      runs[index].point = "size \(index)"
    }
    let one = try FamilyLeverageStudy(runs: runs, seed: 1, bootstraps: 0)
    #expect(one.families.count == 1)
    #expect(one.families[0].envelope.points.count == 5)
    for index in runs.indices where !runs[index].isDense && runs[index].budget > 1e12 {
      runs[index].granularity = 8
    }
    let two = try FamilyLeverageStudy(runs: runs, seed: 1, bootstraps: 0)
    #expect(two.families.map(\.envelope.points.count) == [3, 2])
  }

  @Test("A family at one budget has no curve, and the others stand")
  func refusal() throws {
    let runs = SimulatedStudy().runs(seed: 5).filter {
      $0.isDense || $0.activationRatio != 0.5 || $0.budget == 1e12
    }
    let study = try FamilyLeverageStudy(runs: runs, seed: 1, bootstraps: 0)
    #expect(study.families.count == 2)
    let refusal = try #require(study.refusals.first)
    #expect(refusal.key.activationRatio == 0.5)
    guard case .tooFew(_, what: "budgets", have: 1, need: 2) = refusal.value else {
      Issue.record("refused for \(refusal.value)")
      return
    }
    let moe = runs.filter { !$0.isDense }
    #expect(throws: StageRefusal.fit(.noDenseRuns)) {
      try FamilyLeverageStudy(runs: moe, seed: 1, bootstraps: 0)
    }
    #expect(throws: StageRefusal.self) { try FamilyLeverageStudy(runs: [], seed: 1, bootstraps: 0) }
  }

  @Test("Curves of different forms are warned of")
  func forms() throws {
    let world = SimulatedStudy(
      alpha: 400, beta: 0.2, noise: 0.0001,
      budgets: (0..<8).map { 1e11 * pow(3, Double($0)) })
    var runs = world.runs(seed: 6)
    for index in runs.indices where !runs[index].isDense { runs[index].loss += 1.5 }
    let study = try FamilyLeverageStudy(runs: runs, seed: 1, bootstraps: 0)
    #expect(
      study.warnings.contains {
        if case .formsDiffer(_, curve: .offsetPowerLaw, dense: .powerLaw) = $0 {
          true
        } else {
          false
        }
      })
  }
}
