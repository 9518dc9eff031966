import Foundation
import ScalingLaws
import Testing

/// Leverages by the published joint law with noise.
private struct PlantedLeverage {
  var noise = 0.0
  var ratios = [1.0 / 64, 1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4]
  var granularities = [2.0, 4, 8, 12, 16]
  var budgets = [1e18, 1e19, 1e20, 3e20]
  /// a, d, γ, β, A_start.
  static let planted = [1.23, -7.61e-2, 1.67e-2, -1.17e-1, 1.63e-2]

  func points(seed: UInt64 = 1) throws -> [LeveragePoint] {
    var generator = SplitMix64(seed: seed)
    let form = JointLeverageForm(saturation: .start)
    var points: [LeveragePoint] = []
    for a in ratios {
      for g in granularities {
        for c in budgets {
          let value = try form.value(at: [a, g, c], parameters: Self.planted)
          points.append(
            LeveragePoint(
              run: Int64(points.count + 1), activationRatio: a, granularity: g,
              sharedRatio: 0.333, compute: c, leverage: value * exp(noise * generator.normal())))
        }
      }
    }
    return points
  }
}

@Suite("Laws of leverage")
struct LeverageLawTests {
  private let options = FitOptions(loss: .huber(delta: 0.1), bootstraps: 60)

  @Test("Each separable law is fitted at each pair of the other two variables")
  func separable() throws {
    let laws = try SeparableLaws(points: PlantedLeverage().points(), options: options)
    #expect(laws.laws(of: .activationRatio).count == 20)
    #expect(laws.laws(of: .granularity).count == 20)
    #expect(laws.laws(of: .compute).count == 25)
    #expect(laws.refusals.isEmpty)
    let planted = PlantedLeverage.planted
    for law in laws.laws(of: .activationRatio) {
      let g = log2(try #require(law.held[.granularity]))
      let c = log10(try #require(law.held[.compute]))
      let exponent = planted[0] + planted[1] * c + planted[2] * g * g + planted[3] * g
      #expect(abs(try #require(law.fit.parameter("a_A")).value - exponent) < 1e-3)
      #expect(abs(try #require(law.fit.parameter("A_start")).value - planted[4]) < 1e-3)
    }
    for law in laws.laws(of: .granularity) {
      let logA = log(try #require(law.held[.activationRatio]) + planted[4])
      #expect(abs(try #require(law.fit.parameter("b_G")).value - planted[2] * logA) < 1e-4)
      #expect(abs(try #require(law.fit.parameter("c_G")).value - planted[3] / planted[2]) < 1e-2)
    }
  }

  @Test("The joint law recovers the planted coefficients and predicts the points held out")
  func joint() throws {
    let points = try PlantedLeverage(noise: 0.02).points(seed: 3)
    let separable = try SeparableLaws(points: points, options: options)
    let law = try JointLaw(
      points: points, separable: separable, threshold: 4, options: options)
    #expect(law.fit.heldOut.count == points.count { $0.leverage >= 4 })
    #expect(law.fit.heldOut.count > 10)
    #expect(try #require(law.fit.heldOutRMSE) < 0.1)
    for (name, truth) in zip(["a", "d", "γ", "β", "A_start"], PlantedLeverage.planted) {
      let parameter = try #require(law.fit.parameter(name))
      let interval = try #require(parameter.interval)
      let width = interval.high - interval.low
      #expect(interval.low - width < truth && truth < interval.high + width)
    }
    let prediction = try law.fit.prediction(at: [1.0 / 32, 12, 1e22], by: law.form)
    #expect(abs(prediction.value / 7.2 - 1) < 0.15)
    #expect(prediction.extrapolated == ["C"])
  }

  @Test("Without noise the law is exact, with separable laws or without them")
  func exact() throws {
    let points = try PlantedLeverage().points()
    let separable = try SeparableLaws(points: points, options: options)
    for start in [separable, nil] {
      let law = try JointLaw(
        points: points, separable: start, threshold: nil,
        options: .init(loss: .huber(delta: 0.1), bootstraps: 0))
      for (name, truth) in zip(["a", "d", "γ", "β", "A_start"], PlantedLeverage.planted) {
        #expect(abs(try #require(law.fit.parameter(name)).value - truth) < 1e-4)
      }
    }
  }

  @Test("What varies too little is refused with the variable and what it needs")
  func refusals() throws {
    let flat = try PlantedLeverage(granularities: [2, 4]).points()
    let laws = try SeparableLaws(points: flat, options: options)
    #expect(
      laws.refusals == [
        .granularity: .needsLevels(law: "Eq. 11", of: "G", held: "C and A", have: 2, need: 3)
      ])
    #expect(
      laws.refusals[.granularity]?.description == "Eq. 11 needs 3 values of G at one C and A: has 2"
    )
    #expect(
      throws: StageRefusal.needsLevels(
        law: "Eq. 13", of: "G", held: "EL below 6", have: 2, need: 3)
    ) { try JointLaw(points: flat, options: options) }
    let one = Array(flat.prefix(1))
    #expect(
      throws: StageRefusal.needsLevels(
        law: "Eq. 10", of: "A", held: "C and G", have: 1, need: 2)
    ) { try SeparableLaws(points: one, options: options) }
    #expect(throws: StageRefusal.noRuns(stage: "a law of leverage")) {
      try SeparableLaws(points: [], options: options)
    }
  }

  @Test("Few activation ratios hold A_start instead of guessing it")
  func fewRatios() throws {
    let points = try PlantedLeverage(ratios: [1.0 / 32, 1.0 / 8]).points()
    let laws = try SeparableLaws(points: points, options: options)
    for law in laws.laws(of: .activationRatio) {
      #expect(law.fit.options.fixed["A_start"] != nil)
    }
  }
}
