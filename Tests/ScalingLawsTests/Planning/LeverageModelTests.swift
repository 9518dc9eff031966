import Experiment
import Foundation
import ScalingLaws
import Testing

@Suite("A leverage model knows its value and its error")
struct LeverageModelTests {
  @Test("the published interval is the rounding's span and 1.96 rmse")
  func printed() throws {
    let model = LeverageModel.ling
    let value = try model.leverage(activation: 1.0 / 32, granularity: 12, compute: 1e22)
    #expect(abs(value - 7.22) < 0.03)
    let interval = try #require(
      try model.interval(activation: 1.0 / 32, granularity: 12, compute: 1e22))
    // Rounding of the exponent alone moves EL by up to 0.0132 · |ln Â| · EL = 0.30.
    #expect(interval.low < value - 1.96 * 0.5275 && interval.low > value - 1.96 * 0.5275 - 0.3)
    #expect(interval.high > value + 1.96 * 0.5275 && interval.high < value + 1.96 * 0.5275 + 0.3)
    let small = try #require(
      try model.interval(activation: 1.0 / 4, granularity: 2, compute: 1e20))
    #expect(small.high - small.low < 2 * 1.96 * 0.2169 + 0.2)
    #expect(model.intervalBasis.contains("0.2169"))
  }

  @Test("the published law is Table 2 and knows where it was fitted")
  func ling() {
    let model = LeverageModel.ling
    #expect(model.parameters == [1.23, -0.0761, 0.0167, -0.117, 0.0163, 5.28e16])
    #expect(model.activation == FittedRange(2.0 / 256, 1))
    #expect(model.granularity == FittedRange(2, 16))
    #expect(model.compute == FittedRange(1e18, 3e20))
  }

  @Test("a form that needs more than A, G and C is refused by name")
  func foreignForm() throws {
    var model = LeverageModel.ling
    model.form = ChinchillaForm()
    model.parameters = ChinchillaForm().published[0].values
    let error = try #require(throws: ScalingLawsError.self) {
      try model.leverage(activation: 0.1, granularity: 2, compute: 1e20)
    }
    #expect(error.description.contains("'chinchilla' needs N"))
  }

  @Test("resampled laws give percentiles")
  func resampled() throws {
    var model = LeverageModel.ling
    model.uncertainty = .resampled(
      (0..<101).map { step in
        var set = model.parameters
        set[0] += 0.002 * Double(step - 50)
        return set
      })
    let interval = try #require(
      try model.interval(activation: 0.03, granularity: 8, compute: 1e20))
    func value(_ shift: Double) throws -> Double {
      var shifted = LeverageModel.ling
      shifted.parameters[0] += shift
      return try shifted.leverage(activation: 0.03, granularity: 8, compute: 1e20)
    }
    // The 2.5th and the 97.5th of 101 steps; EL falls as a rises.
    #expect(abs(interval.low - (try value(0.095))) < 1e-4)
    #expect(abs(interval.high - (try value(-0.095))) < 1e-4)
  }

  @Test("without any, there is no interval, and a plan has none")
  func unknown() throws {
    var model = LeverageModel.ling
    model.uncertainty = .unknown
    #expect(try model.interval(activation: 0.1, granularity: 2, compute: 1e20) == nil)
    let plan = try PlanRequest(budget: .flops(1e20)).plan(by: PlanLaws(leverage: model))
    #expect(plan.interval == nil)
  }

  @Test("a law of one's own is followed: with the best G at 4, G is 4")
  func ownLaw() throws {
    var model = LeverageModel.ling
    // log₂ G* = −β / 2γ.
    model.parameters[3] = -4 * model.parameters[2]
    let plan = try PlanRequest(budget: .flops(1e21)).plan(by: PlanLaws(leverage: model))
    #expect(abs(log2(try #require(plan.architecture.granularity?.doubleValue)) - 2) < 0.4)
  }
}
