import Foundation
import ScalingLaws
import Testing

@Suite("Intervals of fits")
struct IntervalTests {
  private static let truth = (a: 0.5, b: -0.1)

  @Test("Profile intervals of a line are Student's exactly, from few rows and from many")
  func profiles() throws {
    for (count, t) in [(6, 2.776445), (12, 2.228139), (32, 2.042272)] {
      let data = LineForm.data(noise: 0.04, count: count, seed: UInt64(count))
      let exact = LeastSquaresLine(data)
      let fit = try LawFit.fit(
        LineForm(), to: data, options: FitOptions(loss: .squared, bootstraps: 0, profiles: true))
      for (name, value, error) in [
        ("a", exact.a, exact.errorA), ("b", exact.b, exact.errorB),
      ] {
        let profile = try #require(fit.parameter(name)?.profile)
        #expect(abs(try #require(profile.low) - (value - t * error)) < 1e-5 * error)
        #expect(abs(try #require(profile.high) - (value + t * error)) < 1e-5 * error)
        let normal = try #require(fit.parameter(name)?.interval)
        #expect(abs(normal.low - (value - t * error)) < 1e-5 * error)
      }
    }
  }

  @Test(
    "A bootstrap of a line agrees with Student's interval",
    arguments: [FitOptions.Resampling.residuals, .runs])
  func bootstrap(resampling: FitOptions.Resampling) throws {
    let data = LineForm.data(noise: 0.04, count: 24, seed: 8)
    let exact = LeastSquaresLine(data)
    let fit = try LawFit.fit(
      LineForm(), to: data,
      options: FitOptions(loss: .squared, bootstraps: 4000, resampling: resampling))
    let interval = try #require(fit.parameter("b")?.interval)
    let t = 2.073873
    let width = interval.high - interval.low
    #expect(abs(width / (2 * t * exact.errorB) - 1) < (resampling == .residuals ? 0.1 : 0.35))
    #expect(abs((interval.low + interval.high) / 2 - exact.b) < 0.2 * exact.errorB)
  }

  @Test("Eight rows, two hundred resamples: intervals hold the truth as often as they say")
  func coverage() throws {
    var held = [0, 0, 0]
    let repeats = 400
    for seed in 0..<repeats {
      let data = LineForm.data(
        a: Self.truth.a, b: Self.truth.b, noise: 0.04, count: 8, seed: UInt64(5000 + seed))
      let fit = try LawFit.fit(
        LineForm(), to: data,
        options: FitOptions(loss: .squared, bootstraps: 200, seed: UInt64(seed)))
      if fit.parameters[0].interval?.contains(Self.truth.a) == true { held[0] += 1 }
      if fit.parameters[1].interval?.contains(Self.truth.b) == true { held[1] += 1 }
      let prediction = try fit.prediction(at: [12], by: LineForm())
      let value = exp(Self.truth.a + Self.truth.b * 12)
      if prediction.interval?.contains(value) == true { held[2] += 1 }
    }
    // Three standard errors of 400 draws at 95 % are 3.3 %.
    for count in held { #expect((0.917...0.983).contains(Double(count) / Double(repeats))) }
  }

  @Test("A side on which nothing is worse has no end")
  func openEnded() throws {
    // Without tokens that vary, D's term and E are one constant.
    let data = ChinchillaRuns.data(noise: 0.002, tokens: [1e10])
    let fit = try LawFit.fit(
      ChinchillaForm(), to: data,
      options: FitOptions(bootstraps: 0, profiles: true, fixed: ["α": 0.35]))
    let beta = try #require(fit.parameter("β")?.profile)
    #expect(beta.low == nil)
    #expect(beta.high == nil)
    // Any β is as good as the next: the minimum may lie anywhere, an end of the box included.
    let told: Set<LawWarning> = [.notIdentified(parameter: "β"), .atBound(parameter: "β")]
    #expect(!told.isDisjoint(with: fit.warnings))
  }

  @Test("A prediction has the law's value, its interval and what it is extrapolated in")
  func prediction() throws {
    let form = ChinchillaForm()
    let fit = try LawFit.fit(
      form, to: ChinchillaRuns.data(noise: 0.003), options: FitOptions(bootstraps: 200))
    let inside = try fit.prediction(at: [1e9, 2e10], by: form)
    #expect(inside.extrapolated == [])
    #expect(inside.warnings == [])
    let expected = try form.value(at: [1e9, 2e10], parameters: fit.parameters.map(\.value))
    #expect(abs(inside.value / expected - 1) < 1e-12)
    #expect(try #require(inside.interval).contains(inside.value))
    let outside = try fit.prediction(at: [1e12, 2e10], by: form)
    #expect(outside.extrapolated == ["N"])
    #expect(
      outside.warnings == [
        .outsideRange(variable: "N", value: 1e12, range: FittedRange(5e7, 1.5e10))
      ])
    #expect(throws: ScalingLawsError.self) { try fit.prediction(at: [0, 1e9], by: form) }
    #expect(throws: ScalingLawsError.fit(.otherForm(fitted: "chinchilla", given: "line"))) {
      try fit.prediction(at: [1], by: LineForm())
    }
  }

  @Test("What follows from the parameters has an interval, too")
  func derived() throws {
    let form = ChinchillaForm()
    let fit = try LawFit.fit(
      form, to: ChinchillaRuns.data(noise: 0.003), options: FitOptions(bootstraps: 200))
    // The allocation exponent a = β/(α + β).
    let exponent = try #require(fit.interval(by: form) { $0[4] / ($0[3] + $0[4]) })
    #expect(exponent.contains(0.3658 / (0.3478 + 0.3658)))
    #expect(exponent.high - exponent.low < 0.1)
  }
}
