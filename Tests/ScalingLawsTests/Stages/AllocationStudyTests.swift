import Foundation
import ScalingLaws
import Testing

@Suite("The allocation law by three routes")
struct AllocationStudyTests {
  private func study(_ points: [IsoFLOPPoint]) -> AllocationStudy {
    AllocationStudy(
      points: points, measure: .parameters, profile: .init(bootstraps: 100),
      parametric: .init(loss: .huber(delta: 1e-3), bootstraps: 60))
  }

  @Test("On runs of one loss surface the routes agree, and none of them warns of it")
  func agreement() throws {
    let world = SimulatedProfiles(noise: 0.0002)
    let result = study(world.points())
    let parametric = try #require(result.parametric.value)
    #expect(abs(parametric.size.exponents[0].value - world.exponent) < 0.02)
    #expect(abs(parametric.flopsPerProduct - 6) < 1e-9)
    #expect(abs(parametric.size(1e20) / world.optimum(1e20) - 1) < 0.1)
    #expect(
      abs(parametric.size.exponents[0].value + parametric.tokens.exponents[0].value - 1) < 1e-12)
    #expect(parametric.size.exponents[0].spreads.count == 1)
    let disagreement = try #require(result.disagreement)
    #expect(!disagreement.isLarge)
    #expect(result.warnings.isEmpty)
    #expect(result.size == result.akima.value?.size)
  }

  @Test("Profiles that are steep on one side pull spline and parabola apart, which is shown")
  func skewed() throws {
    let points = (0..<5).flatMap { place -> [IsoFLOPPoint] in
      let budget = 1e18 * pow(4, Double(place))
      let best = 1e8 * pow(2, Double(place))
      return (0..<7).map { k in
        let offset = 0.7 * (Double(k) - 3)
        let n = best * exp(offset)
        let rise = (offset < 0 ? 0.3 : 0.01) * offset * offset
        return IsoFLOPPoint(
          run: Int64(place * 7 + k), budget: budget, size: n, tokens: budget / 6 / n,
          loss: 3 * pow(budget / 1e18, -0.02) * exp(rise))
      }
    }
    let result = study(points)
    let disagreement = try #require(result.disagreement)
    #expect(disagreement.isLarge)
    #expect(result.warnings == [.routesDisagree(disagreement)])
  }

  @Test("A route that the runs do not allow is refused alone")
  func partial() throws {
    let two = SimulatedProfiles(budgets: (0..<8).map { 1e18 * pow(3, Double($0)) }, sizes: 2)
    let result = study(two.points())
    #expect(result.akima.refusal != nil)
    #expect(result.parabola.refusal != nil)
    let parametric = try #require(result.parametric.value)
    #expect(result.size == parametric.size)
    #expect(result.disagreement == nil)
    #expect(study([]).parametric.refusal == .noRuns(stage: "a parametric allocation"))
  }

  @Test("Runs along one line of tuned sizes leave E unidentified, and the parametric route says so")
  func collapsed() throws {
    let tuned = SimulatedProfiles(
      noise: 0.001, budgets: (0..<14).map { 1e18 * pow(2, Double($0)) }, sizes: 1,
      shift: { _ in 0 })
    let result = study(tuned.points())
    if let parametric = result.parametric.value {
      #expect(!parametric.warnings.isEmpty)
    } else {
      #expect(result.parametric.refusal != nil)
    }
  }
}
