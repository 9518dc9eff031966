import Foundation
import ScalingLaws
import Testing

@Suite("Loss curves")
struct CurveTests {
  @Test("Inverting a curve undoes it, with and without an offset")
  func inverseUndoes() throws {
    for offset in [0, 1.7] {
      let curve = LossCurve(
        form: offset > 0 ? .offsetPowerLaw : .powerLaw, alpha: 20, beta: 0.07, offset: offset,
        range: FittedRange(1e10, 1e20))
      for x in [1e8, 1e12, 1e20] {
        #expect(abs(try curve.inverse(of: curve.loss(at: x)) / x - 1) < 1e-9)
      }
    }
  }

  @Test("A loss at the irreducible term or below it is refused")
  func irreducible() {
    let curve = LossCurve(
      form: .offsetPowerLaw, alpha: 20, beta: 0.07, offset: 1.7, range: FittedRange(1, 2))
    for loss in [1.7, 1.5] {
      #expect(throws: ScalingLawsError.lossBelowIrreducible(loss: loss, irreducible: 1.7)) {
        try curve.inverse(of: loss)
      }
    }
  }

  @Test("Interpolation passes through its points and follows a power law exactly, beyond them too")
  func interpolation() throws {
    let points = [1e11, 1e12, 1e14].map { CurvePoint(x: $0, loss: 30 * pow($0, -0.08)) }
    let curve = try InterpolatedCurve(points)
    for x in [1e9, 1e11, 3e11, 1e12, 5e13, 1e14, 1e15] {
      #expect(abs(try curve.inverse(of: 30 * pow(x, -0.08)) / x - 1) < 1e-9)
    }
  }

  @Test("Points out of order are pooled into a falling curve, whatever order they come in")
  func pooling() throws {
    let points = [
      CurvePoint(x: 1, loss: 4), CurvePoint(x: 10, loss: 3), CurvePoint(x: 100, loss: 3.1),
      CurvePoint(x: 1000, loss: 2),
    ]
    let curve = try InterpolatedCurve(points)
    #expect(curve.logX.count == 3)
    #expect(abs(curve.logX[1] - log(10) * 1.5) < 1e-12)
    #expect(zip(curve.logLoss, curve.logLoss.dropFirst()).allSatisfy { $0 > $1 })
    #expect(try InterpolatedCurve(points.reversed()) == curve)
    #expect(throws: ScalingLawsError.tooFewPoints(form: "local interpolation", have: 1, need: 2)) {
      try InterpolatedCurve([CurvePoint(x: 1, loss: 1), CurvePoint(x: 2, loss: 2)])
    }
  }

  @Test("Percentile intervals interpolate order statistics and are absent without an end")
  func intervals() throws {
    let samples = (0...100).map(Double.init).shuffled()
    let interval = try #require(Interval(percentilesOf: samples, level: 0.9))
    #expect(abs(interval.low - 5) < 1e-9)
    #expect(abs(interval.high - 95) < 1e-9)
    #expect(Interval(percentilesOf: Array(samples.prefix(10)), level: 0.9) == nil)
    let unbounded = samples + [Double](repeating: .infinity, count: 20)
    #expect(Interval(percentilesOf: unbounded, level: 0.9) == nil)
  }

  @Test("The generator gives the published sequence of its seed")
  func generator() {
    var generator = SplitMix64(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
    let normals = (0..<20_000).map { _ in generator.normal() }
    let mean = normals.reduce(0, +) / 20_000
    let variance = normals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean) < 0.03)
    #expect(abs(variance - 1) < 0.04)
  }
}
