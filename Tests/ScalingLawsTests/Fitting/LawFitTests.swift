import Foundation
import ScalingLaws
import Testing

@Suite("Fits of named forms")
struct LawFitTests {
  private static let form = ChinchillaForm()

  @Test("Known parameters are recovered exactly without noise")
  func exact() throws {
    let fit = try LawFit.fit(
      Self.form, to: ChinchillaRuns.data(noise: 0), options: FitOptions(bootstraps: 0))
    for (parameter, truth) in zip(fit.parameters, ChinchillaRuns.truth) {
      #expect(abs(parameter.value / truth - 1) < 1e-4, "\(parameter.name)")
    }
    #expect(fit.quality.rmse < 1e-7)
    #expect(fit.runs == (1...30).map(Int64.init))
    #expect(fit.ranges["N"] == FittedRange(5e7, 1.5e10))
  }

  @Test("Known parameters lie in their intervals with noise, and nothing is warned of")
  func noisy() throws {
    let fit = try LawFit.fit(
      Self.form, to: ChinchillaRuns.data(noise: 0.003, seed: 2),
      options: FitOptions(bootstraps: 200))
    for (parameter, truth) in zip(fit.parameters, ChinchillaRuns.truth) {
      let interval = try #require(parameter.interval)
      #expect(interval.contains(truth), "\(parameter.name)")
      #expect(interval.contains(parameter.value))
    }
    #expect(fit.warnings == [])
    #expect(fit.resamples?.scheme == .residuals)
    #expect(abs(fit.quality.rmse - 0.003) < 0.001)
    #expect(try #require(fit.quality.rSquared) > 0.999)
  }

  @Test("The same seed gives the same digits on one thread and on three; another seed does not")
  func deterministic() throws {
    let data = ChinchillaRuns.data(noise: 0.003)
    for resampling in [FitOptions.Resampling.runs, .cells, .residuals] {
      var options = FitOptions(bootstraps: 40, seed: 7, resampling: resampling)
      let one = try LawFit.fit(Self.form, to: data, options: options, threads: 1)
      let three = try LawFit.fit(Self.form, to: data, options: options, threads: 3)
      #expect(one == three)
      options.seed = 8
      let other = try LawFit.fit(Self.form, to: data, options: options)
      #expect(other.resamples != one.resamples)
      #expect(other.theta == one.theta)
    }
  }

  @Test("A fit is stored and read back whole")
  func codable() throws {
    let options = FitOptions(
      bootstraps: 30, profiles: true, holdOut: .largest(count: 1, of: "D"), fixed: ["α": 0.35])
    let fit = try LawFit.fit(Self.form, to: ChinchillaRuns.data(noise: 0.003), options: options)
    let copy = try JSONDecoder().decode(LawFit.self, from: JSONEncoder().encode(fit))
    #expect(copy == fit)
  }

  @Test("A parameter that is held keeps its value, has no interval and costs no degree of freedom")
  func fixed() throws {
    let fit = try LawFit.fit(
      Self.form, to: ChinchillaRuns.data(noise: 0.003),
      options: FitOptions(bootstraps: 40, profiles: true, fixed: ["E": 1.8, "β": 0.37]))
    #expect(abs(try #require(fit.parameter("E")).value - 1.8) < 1e-12)
    #expect(try #require(fit.parameter("β")).value == 0.37)
    #expect(try #require(fit.parameter("E")).interval == nil)
    #expect(try #require(fit.parameter("E")).profile == nil)
    #expect(try #require(fit.parameter("A")).interval != nil)
    #expect(fit.quality.freeParameters == 3)
    #expect(fit.quality.degreesOfFreedom == 27)
  }

  @Test("A row of weight 2 counts as two rows")
  func weights() throws {
    var heavy = LineForm.data(noise: 0.05, count: 8, seed: 5)
    var twice = heavy
    heavy.rows[2].weight = 2
    twice.rows.append(twice.rows[2])
    let options = FitOptions(loss: .squared, bootstraps: 0)
    let one = try LawFit.fit(LineForm(), to: heavy, options: options)
    let two = try LawFit.fit(LineForm(), to: twice, options: options)
    #expect(zip(one.theta, two.theta).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs(one.quality.rmse - two.quality.rmse) < 1e-9)
    heavy.rows[2].weight = 0
    #expect(throws: ScalingLawsError.self) { try LawFit.fit(LineForm(), to: heavy) }
  }

  @Test("An outlier moves a Huber fit a fifth or less of what it moves least squares")
  func robust() throws {
    let clean = ChinchillaRuns.data(noise: 0.001, seed: 3)
    var spoilt = clean
    spoilt.rows[14].value *= 1.2
    func shift(_ loss: ResidualLoss) throws -> Double {
      let options = FitOptions(loss: loss, bootstraps: 0)
      let before = try LawFit.fit(Self.form, to: clean, options: options).prediction(
        at: [5e9, 2.5e11], by: Self.form)
      let after = try LawFit.fit(Self.form, to: spoilt, options: options).prediction(
        at: [5e9, 2.5e11], by: Self.form)
      return abs(log(after.value / before.value))
    }
    #expect(try shift(.huber(delta: 0.002)) < 0.2 * shift(.squared))
  }

  @Test("Options that cannot be meant are refused with what would be right")
  func refusals() throws {
    let data = ChinchillaRuns.data(noise: 0)
    func refusal(_ options: FitOptions) -> String {
      do throws(ScalingLawsError) {
        _ = try LawFit.fit(Self.form, to: data, options: options)
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal(FitOptions(fixed: ["γ": 1])).contains("it has E, A, B, α, β"))
    #expect(refusal(FitOptions(fixed: ["α": 9])).contains("0 to 3"))
    #expect(refusal(FitOptions(holdOut: .largest(count: 1, of: "C"))).contains("it has N, D"))
    #expect(refusal(FitOptions(holdOut: .largest(count: 5, of: "D"))).contains("at least 5 points"))
    #expect(refusal(FitOptions(holdOut: .above(-1))).contains("above 0"))
    #expect(refusal(FitOptions(level: 1)).contains("level"))
    #expect(refusal(FitOptions(loss: .huber(delta: 0))).contains("δ"))
    let narrow = LawData(rows: [LawData.Row(run: 4, cell: "", variables: [1], value: 2)])
    #expect(throws: ScalingLawsError.self) { try LawFit.fit(Self.form, to: narrow) }
  }
}
