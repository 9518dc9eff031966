import Foundation
import ScalingLaws
import Testing

@Suite("Allocation from isoFLOP profiles")
struct IsoFLOPTests {
  private func fit(
    _ points: [IsoFLOPPoint], _ change: (inout IsoFLOPOptions) -> Void = { _ in }
  ) throws(StageRefusal) -> IsoFLOP {
    var options = IsoFLOPOptions(noise: .estimated, bootstraps: 200)
    change(&options)
    return try IsoFLOP(points: points, measure: .parameters, options: options)
  }

  @Test("Without noise Akima finds the planted optimum and both exponents")
  func exact() throws {
    let world = SimulatedProfiles()
    let result = try fit(world.points())
    for minimum in result.minima {
      #expect(abs(minimum.size / world.optimum(minimum.budget) - 1) < 0.03)
      #expect(abs(6 * minimum.size * minimum.tokens / minimum.budget - 1) < 1e-9)
    }
    #expect(abs(result.size.exponents[0].value - world.exponent) < 0.003)
    #expect(abs(result.tokens.exponents[0].value - (1 - world.exponent)) < 0.003)
    #expect(abs(result.size(1e21) * result.tokens(1e21) * 6 / 1e21 - 1) < 0.01)
    #expect(result.warnings.isEmpty)
  }

  @Test("With noise the interval of noise and interpolation holds the planted exponent")
  func noisy() throws {
    var held = 0
    let world = SimulatedProfiles(noise: 0.0005)
    for seed in 1...20 {
      let result = try fit(world.points(seed: UInt64(seed)))
      let interval = try #require(result.size.exponents[0].spreads[.noise]?.interval)
      if interval.contains(world.exponent) { held += 1 }
      #expect(abs(result.size.exponents[0].value - world.exponent) < 0.05)
    }
    // 95 % of 20 leaves out one; four or more would have a chance of 2 %.
    #expect(held >= 16)
  }

  @Test("The noise is read off the profiles' own roughness")
  func noiseEstimate() throws {
    for noise in [0.0005, 0.002] {
      let world = SimulatedProfiles(noise: noise, sizes: 13, step: 1.3)
      let estimates = try (1...8).map { try #require(fit(world.points(seed: $0)).noise) }
      let mean = estimates.reduce(0, +) / 8
      #expect(mean > noise * 0.8 && mean < noise * 1.25)
    }
    #expect(try #require(fit(SimulatedProfiles().points()).noise) < 1e-4)
  }

  @Test(
    "Parabola and spline agree on a profile that is a parabola, and the parabola is exact there")
  func parabola() throws {
    let points = (0..<4).flatMap { place -> [IsoFLOPPoint] in
      let budget = 1e18 * pow(4, Double(place))
      let best = 1e8 * pow(2.1, Double(place))
      return (0..<7).map { k in
        let offset = 0.5 * (Double(k) - 3.2)
        let n = best * exp(offset)
        return IsoFLOPPoint(
          run: Int64(place * 7 + k), budget: budget, size: n, tokens: budget / 6 / n,
          loss: 3 * exp(0.02 * offset * offset))
      }
    }
    let truth = log(2.1) / log(4)
    let parabola = try fit(points) { $0.method = .parabola }
    #expect(abs(parabola.size.exponents[0].value - truth) < 1e-9)
    #expect(abs(parabola.minima[0].size / 1e8 - 1) < 1e-9)
    #expect(abs(parabola.minima[0].loss - 3) < 1e-9)
    #expect(abs(try fit(points).size.exponents[0].value - truth) < 0.01)
  }

  @Test(
    "A minimum at the window's edge is warned of and left out unless it is asked for",
    arguments: [IsoFLOPOptions.Method.akima, .parabola], [1.0, -1.0])
  func edges(method: IsoFLOPOptions.Method, side: Double) throws {
    let world = SimulatedProfiles(shift: { $0 == 2 ? side * 7 : 0.3 })
    let result = try fit(world.points()) { $0.method = method }
    let budget = world.budgets[2]
    let edge: SizeSearch.Edge = side > 0 ? .smallest : .largest
    #expect(result.warnings.contains(.fit(.minimumAtEdge(budget: budget, edge: edge))))
    #expect(result.minima.filter { !$0.isUsed }.map(\.budget) == [budget])
    #expect(abs(result.size.exponents[0].value - world.exponent) < 0.02)
    let kept = try fit(world.points()) {
      $0.method = method
      $0.keepsEdges = true
    }
    #expect(!kept.minima.contains { !$0.isUsed })
    #expect(kept.size.exponents != result.size.exponents)
  }

  @Test("Short profiles and few budgets are warned of")
  func fewSizes() throws {
    let world = SimulatedProfiles()
    let points = world.points().filter { $0.budget != world.budgets[1] || $0.run % 9 < 2 }
    let result = try fit(points)
    #expect(
      result.warnings.contains(.fewSizes(budget: world.budgets[1], tried: 2, needed: 3)))
    let three = try fit(SimulatedProfiles(budgets: [1e18, 1e19, 1e20]).points())
    #expect(three.warnings.contains(.fewBudgets(have: 3, wanted: 4)))
    let short = try fit(SimulatedProfiles(sizes: 4).points())
    #expect(short.noise == nil)
    #expect(short.warnings.contains(.noiseUnknown))
  }

  @Test("Of equal sizes at a budget the best counts, and the order of the points changes nothing")
  func bestOfEqual() throws {
    let points = SimulatedProfiles(noise: 0.001).points()
    let worse = points.map {
      IsoFLOPPoint(
        run: $0.run + 1000, budget: $0.budget, size: $0.size, tokens: $0.tokens,
        loss: $0.loss * 1.1)
    }
    let result = try fit(points)
    #expect(try fit(worse + points.reversed()) == result)
    let data = try JSONEncoder().encode(result)
    #expect(try JSONDecoder().decode(IsoFLOP.self, from: data) == result)
  }

  @Test("What cannot be fitted is refused with its reason")
  func refusals() throws {
    let points = SimulatedProfiles().points()
    #expect(throws: StageRefusal.noRuns(stage: "an isoFLOP analysis")) { try fit([]) }
    let tooFew = StageRefusal.tooFew(
      stage: "an allocation law", what: "budgets with a minimum inside the sizes tried", have: 1,
      need: 2)
    #expect(throws: tooFew) { try fit(points.filter { $0.budget == 1e18 }) }
    #expect(throws: StageRefusal.self) { try fit(points) { $0.gridSteps = 0 } }
    #expect(throws: StageRefusal.self) { try fit(points) { $0.parabolaPoints = 2 } }
    #expect(throws: StageRefusal.self) { try fit(points) { $0.noise = .relative(-1) } }
    var spoilt = points
    spoilt[4].loss = .nan
    #expect(throws: StageRefusal.self) { try fit(spoilt) }
  }
}
