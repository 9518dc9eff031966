import Foundation
import ScalingLaws
import Testing

@Suite("Fitting")
struct RobustFitTests {
  private static let loss = ResidualLoss.huber(delta: 0.02)

  private func points(
    alpha: Double, beta: Double, offset: Double, noise: Double, count: Int, seed: UInt64
  ) -> [CurvePoint] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { i in
      let x = 1e11 * pow(10, 4 * Double(i) / Double(count - 1))
      let value = alpha * pow(x, -beta) + offset
      return CurvePoint(x: x, loss: value * exp(noise * generator.normal()))
    }
  }

  @Test("A planted power law is recovered exactly without noise")
  func exactPowerLaw() throws {
    let planted = points(alpha: 14, beta: 0.065, offset: 0, noise: 0, count: 5, seed: 1)
    let fit = try LossCurveFit(planted, form: .powerLaw, loss: Self.loss)
    #expect(abs(fit.curve.alpha / 14 - 1) < 1e-6)
    #expect(abs(fit.curve.beta - 0.065) < 1e-8)
    #expect(fit.warnings.isEmpty)
  }

  @Test("A planted offset is recovered exactly without noise, and chosen")
  func exactOffset() throws {
    let planted = points(alpha: 400, beta: 0.2, offset: 1.8, noise: 0, count: 8, seed: 1)
    let selection = try CurveSelection(planted, loss: Self.loss)
    #expect(selection.chosen.curve.form == .offsetPowerLaw)
    #expect(abs(selection.chosen.curve.offset - 1.8) < 1e-3)
    #expect(abs(selection.chosen.curve.beta - 0.2) < 1e-3)
    #expect(selection.warnings.isEmpty)
  }

  @Test("A planted offset is recovered within its noise")
  func noisyOffset() throws {
    let planted = points(alpha: 400, beta: 0.2, offset: 1.8, noise: 0.002, count: 24, seed: 3)
    let selection = try CurveSelection(planted, loss: Self.loss)
    #expect(selection.chosen.curve.form == .offsetPowerLaw)
    #expect(abs(selection.chosen.curve.offset - 1.8) < 0.15)
    #expect(selection.chosen.result.diagnostics.travelled > 1)
  }

  @Test("An outlier moves a Huber fit less than a tenth of what it moves least squares")
  func robustness() throws {
    var planted = points(alpha: 14, beta: 0.065, offset: 0, noise: 0, count: 12, seed: 1)
    planted[11].loss *= 1.5
    let huber = try LossCurveFit(planted, form: .powerLaw, loss: .huber(delta: 1e-3))
    let squared = try LossCurveFit(planted, form: .powerLaw, loss: .squared)
    #expect(abs(huber.curve.beta - 0.065) < 0.1 * abs(squared.curve.beta - 0.065))
  }

  @Test("Without an offset in the data, none is claimed")
  func offsetNotIdentified() throws {
    for seed in 0..<10 {
      let planted = points(
        alpha: 14, beta: 0.065, offset: 0, noise: 0.003, count: 8, seed: UInt64(seed))
      let selection = try CurveSelection(planted, loss: Self.loss)
      #expect(selection.chosen.curve.form == .powerLaw)
      #expect(
        selection.warnings == [.offsetNotIdentified(reason: .collapsedToZero)]
          || selection.warnings == [.offsetNotIdentified(reason: .notFavoured)])
    }
  }

  @Test("Loss that is linear in log C, as small models show, gives E = 0 and says so")
  func linearInLogCompute() throws {
    let planted = [1e11, 3e11, 1e12, 3e12, 6e12, 2e13].map {
      CurvePoint(x: $0, loss: 2.692 - 0.1534 * log($0 / 1e11))
    }
    let selection = try CurveSelection(planted, loss: Self.loss)
    #expect(selection.chosen.curve.form == .powerLaw)
    #expect(selection.warnings.contains(.offsetNotIdentified(reason: .collapsedToZero)))
  }

  @Test("Few budgets are flagged and never get an offset")
  func fewBudgets() throws {
    let planted = points(alpha: 400, beta: 0.2, offset: 1.8, noise: 0, count: 3, seed: 1)
    let selection = try CurveSelection(planted, loss: Self.loss)
    #expect(selection.chosen.curve.form == .powerLaw)
    #expect(selection.warnings.contains(.tooFewBudgets(have: 3, wanted: 4)))
    #expect(selection.warnings.contains(.offsetNotIdentified(reason: .tooFewBudgets)))
  }

  @Test("A rising loss is fitted and flagged, and has no inverse")
  func risingLoss() throws {
    let rising = [CurvePoint(x: 1, loss: 2), CurvePoint(x: 10, loss: 2.5)]
    let fit = try LossCurveFit(rising, form: .powerLaw, loss: Self.loss)
    #expect(fit.curve.beta < 0)
    #expect(fit.warnings == [.notFalling(exponent: fit.curve.beta)])
    #expect(throws: ScalingLawsError.curveNotFalling(exponent: fit.curve.beta)) {
      try fit.curve.inverse(of: 2.2)
    }
  }

  @Test("A form whose gradient is always zero is flagged as stuck")
  func stuck() throws {
    let points = [0.0, 1, 2].map { FitPoint(input: $0, logValue: 3 * $0) }
    let result = try RobustFit(form: FlatGradientForm(), loss: Self.loss).fit(points)
    #expect(result.diagnostics.travelled == 0)
    #expect(result.diagnostics.warnings == [.stuckAtStart(starts: 2)])
  }

  @Test("A form whose gradient points uphill converges nowhere and is refused")
  func noConvergence() {
    let points = [0.0, 1, 2].map { FitPoint(input: $0, logValue: 3 * $0) }
    do throws(ScalingLawsError) {
      _ = try RobustFit(form: WrongGradientForm(), loss: Self.loss).fit(points)
      Issue.record("a wrong gradient was accepted")
    } catch .noConvergence(let form, let starts, let gradient) {
      #expect(form == "wrong gradient")
      #expect(starts == 2)
      #expect(gradient > 1e-3)
    } catch {
      Issue.record(error)
    }
  }

  @Test(
    "Values without a logarithm are refused",
    arguments: [Double.nan, 0, -1, .infinity])
  func nonsense(value: Double) {
    let points = [
      CurvePoint(x: 1, loss: 3), CurvePoint(x: 2, loss: value), CurvePoint(x: 3, loss: 2),
    ]
    #expect(throws: ScalingLawsError.self) {
      try LossCurveFit(points, form: .powerLaw, loss: Self.loss)
    }
    #expect(throws: ScalingLawsError.self) { try InterpolatedCurve(points) }
  }

  @Test("One point is too few for a power law")
  func tooFew() {
    #expect(throws: ScalingLawsError.tooFewPoints(form: "power law", have: 1, need: 2)) {
      try LossCurveFit([CurvePoint(x: 1, loss: 3)], form: .powerLaw, loss: Self.loss)
    }
  }
}

/// A line whose gradient claims that nothing changes.
private struct FlatGradientForm: LawForm {
  let name = "flat gradient"
  let count = 1

  func logValue(
    _ theta: UnsafeBufferPointer<Double>, at input: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = 0
    return theta[0] * input
  }

  func bounds(for points: [FitPoint<Double>]) -> ParameterBounds {
    ParameterBounds(lower: [-10], upper: [10])
  }

  func starts(for points: [FitPoint<Double>]) -> [[Double]] { [[1], [2]] }
}

/// A line whose gradient has the wrong sign.
private struct WrongGradientForm: LawForm {
  let name = "wrong gradient"
  let count = 1

  func logValue(
    _ theta: UnsafeBufferPointer<Double>, at input: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = -input
    return theta[0] * input
  }

  func bounds(for points: [FitPoint<Double>]) -> ParameterBounds {
    ParameterBounds(lower: [-1e9], upper: [1e9])
  }

  func starts(for points: [FitPoint<Double>]) -> [[Double]] { [[1], [2]] }
}
