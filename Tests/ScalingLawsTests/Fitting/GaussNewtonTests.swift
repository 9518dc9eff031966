import Foundation
import Testing

@testable import ScalingLaws

@Suite("Minimisers of a fit")
struct GaussNewtonTests {
  private static func problem(
    _ data: LawData, _ loss: ResidualLoss
  ) throws -> (FitProblem, FitSample) {
    let fitting = try Fitting(ChinchillaForm(), data, FitOptions(loss: loss))
    return (fitting.problem, fitting.sample)
  }

  @Test(
    "Gauss-Newton steps and L-BFGS end in one minimum, from near and from afar",
    arguments: [ResidualLoss.squared, .huber(delta: 0.02), .huber(delta: 1e-3)])
  func sameMinimum(loss: ResidualLoss) throws {
    for seed in 1...5 {
      let data = ChinchillaRuns.data(noise: 0.004, seed: UInt64(seed))
      let (problem, sample) = try Self.problem(data, loss)
      let truth = ChinchillaForm().coordinates(of: ChinchillaRuns.truth)
      let steps = GaussNewton(problem: problem).minimise(from: truth, sample)
      let gradient = BoundedMinimiser(bounds: problem.bounds)
        .minimise(from: truth, problem.objective(of: sample))
      let far = problem.minimum(
        of: sample, from: zip(truth, [0.3, 1, -1, 0.05, -0.05]).map { $0 + $1 })
      #expect(steps.converged)
      #expect(far.converged)
      #expect(abs(steps.value - gradient.value) < 1e-6 * max(1, gradient.value))
      #expect(steps.value <= gradient.value + 1e-12 * max(1, gradient.value))
      #expect(zip(steps.theta, far.theta).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(steps.evaluations * 2 < gradient.evaluations)
    }
  }

  @Test("With amplitudes projected every start ends at one minimum of terms that hardly differ")
  func flatValley() throws {
    // D spans a factor of 8, which hardly tells b/D^β from c.
    let form = GranularityForm()
    var generator = SplitMix64(seed: 1)
    var rows: [LawData.Row] = []
    for n in [6e7, 1.4e8, 3.2e8, 7.5e8, 1.7e9, 4e9] {
      for d in [1.6e10, 3.2e10, 6.4e10, 1.28e11] {
        for g in [1.0, 2, 4, 8, 16] {
          let value = try form.value(at: [n, d, g], parameters: form.published[0].values)
          rows.append(
            LawData.Row(
              run: Int64(rows.count + 1), cell: "\(n)", variables: [n, d, g],
              value: value * exp(0.005 * generator.normal())))
        }
      }
    }
    let fitting = try Fitting(form, LawData(rows: rows), FitOptions())
    var logarithms = fitting.problem
    logarithms.amplitudes = []
    var stalled = 0
    for start in fitting.starts {
      let first = GaussNewton(problem: logarithms).minimise(from: start, fitting.sample)
      if !first.converged { stalled += 1 }
    }
    let search = try fitting.search()
    #expect(stalled > 0)
    #expect(search.diagnostics.reached == fitting.starts.count)
    #expect(search.diagnostics.evaluations < 200 * fitting.starts.count)
  }

  @Test("A held coordinate stays, and a step never leaves the box")
  func box() throws {
    let data = ChinchillaRuns.data(noise: 0.004)
    let (problem, sample) = try Self.problem(data, .squared)
    let truth = ChinchillaForm().coordinates(of: ChinchillaRuns.truth)
    let held = problem.holding(3, at: 0.5)
    let end = GaussNewton(problem: held).minimise(from: truth, sample)
    #expect(end.theta[3] == 0.5)
    #expect(end.converged)

    var boxed = problem
    boxed.bounds.upper[4] = 0.2
    let bounded = GaussNewton(problem: boxed).minimise(from: truth, sample)
    #expect(bounded.theta[4] == 0.2)
    #expect(bounded.converged)
  }

  @Test("A Gauss-Newton fit of a line is its least squares in one or two steps")
  func line() throws {
    let data = LineForm.data(noise: 0.05, count: 12, seed: 3)
    let fitting = try Fitting(LineForm(), data, FitOptions(loss: .squared))
    let end = GaussNewton(problem: fitting.problem).minimise(from: [3, 3], fitting.sample)
    let exact = LeastSquaresLine(data)
    #expect(abs(end.theta[0] - exact.a) < 1e-9)
    #expect(abs(end.theta[1] - exact.b) < 1e-10)
    #expect(end.evaluations < 8)
  }
}

@Suite("Distributions")
struct DistributionTests {
  @Test(
    "Quantiles of Student's t are those of the tables",
    arguments: [
      (1, 12.7062), (2, 4.3027), (5, 2.5706), (6, 2.4469), (10, 2.2281), (30, 2.0423),
      (120, 1.9799), (10_000, 1.9602),
    ])
  func student(degrees: Int, quantile: Double) {
    #expect(abs(StudentT(degreesOfFreedom: degrees).quantile(central: 0.95) - quantile) < 1e-4)
  }

  @Test("The normal share below −1.96 is 2.5 %")
  func normal() {
    #expect(abs(normalShare(below: -1.959964) - 0.025) < 1e-8)
    #expect(abs(normalShare(below: 0) - 0.5) < 1e-15)
  }

  @Test("An interval of few samples leaves out as many as its tail says")
  func orderStatistics() throws {
    var generator = SplitMix64(seed: 4)
    let samples = (1...199).map(Double.init).shuffled(using: &generator)
    let interval = try #require(Interval(orderStatisticsOf: samples, tail: 0.025))
    #expect(interval == Interval(low: 5, high: 195))
    let all = try #require(Interval(orderStatisticsOf: samples, tail: 1e-6))
    #expect(all == Interval(low: 1, high: 199))
    #expect(Interval(orderStatisticsOf: [1, 2, 3], tail: 0.025) == nil)
  }

}
