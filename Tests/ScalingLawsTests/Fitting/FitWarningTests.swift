import Foundation
import ScalingLaws
import Testing

@Suite("Warnings of fits")
struct FitWarningTests {
  private static let form = ChinchillaForm()
  private static let plain = FitOptions(bootstraps: 100)

  private static func names(_ fit: LawFit) -> [String] {
    fit.warnings.map { String("\($0)".prefix(60)) }
  }

  @Test("Clean data of a full design raise none, whatever their noise's seed")
  func silent() throws {
    for seed in 10..<20 {
      let fit = try LawFit.fit(
        Self.form, to: ChinchillaRuns.data(noise: 0.002, seed: UInt64(seed)), options: Self.plain)
      #expect(fit.warnings == [], "seed \(seed)")
    }
  }

  @Test("Loss without an irreducible term collapses E, and only E")
  func collapsed() throws {
    let data = ChinchillaRuns.data(noise: 1e-5, truth: [1e-3, 60, 120, 0.15, 0.16])
    let fit = try LawFit.fit(Self.form, to: data, options: Self.plain)
    #expect(fit.warnings.contains(.termCollapsed(parameter: "E")), "\(Self.names(fit))")
    #expect(!fit.warnings.contains(.atBound(parameter: "E")))
  }

  @Test("Sizes that hardly vary leave A and α nearly free, and the other terms known")
  func notIdentified() throws {
    let data = ChinchillaRuns.data(noise: 0.002, sizes: [1e9, 1.05e9])
    let fit = try LawFit.fit(Self.form, to: data, options: Self.plain)
    let told = fit.warnings.filter {
      $0 == .notIdentified(parameter: "A") || $0 == .notIdentified(parameter: "α")
        || $0 == .atBound(parameter: "A") || $0 == .atBound(parameter: "α")
    }
    #expect(told.count == 2, "\(Self.names(fit))")
    #expect(!fit.warnings.contains(.notIdentified(parameter: "β")))
  }

  @Test("A parameter that the data push out of its box is at its bound")
  func atBound() throws {
    let data = LineForm.data(a: 150, b: -0.1, noise: 0.01, count: 12, seed: 2)
    let fit = try LawFit.fit(LineForm(), to: data, options: Self.plain)
    #expect(fit.parameter("a")?.value == 100)
    #expect(fit.warnings.contains(.atBound(parameter: "a")), "\(Self.names(fit))")
  }

  @Test("An outlier under least squares is named; clean data and Huber's loss name none")
  func influential() throws {
    var data = LineForm.data(noise: 0.02, count: 12, seed: 6)
    let options = FitOptions(loss: .squared, bootstraps: 0)
    let clean = try LawFit.fit(LineForm(), to: data, options: options)
    #expect(clean.warnings == [])

    data.rows[8].value *= exp(0.4)
    let spoilt = try LawFit.fit(LineForm(), to: data, options: options)
    guard case .influentialRun(let run, _, let shift)? = spoilt.warnings.first else {
      Issue.record("no influential run in \(spoilt.warnings)")
      return
    }
    #expect(run == 109)
    #expect(shift > 2)

    // Huber's loss holds it at arm's length.
    let robust = try LawFit.fit(
      LineForm(), to: data, options: FitOptions(loss: .huber(delta: 0.01), bootstraps: 0))
    #expect(robust.warnings == [])
  }

  @Test("Few cells are told when cells are drawn, and not when rows are")
  func fewCells() throws {
    let data = ChinchillaRuns.data(noise: 0.002)
    let cells = try LawFit.fit(
      Self.form, to: data, options: FitOptions(bootstraps: 40, resampling: .cells))
    #expect(cells.warnings.contains(.fewCells(have: 5, wanted: 8)))
    let runs = try LawFit.fit(
      Self.form, to: data, options: FitOptions(bootstraps: 40, resampling: .runs))
    #expect(!runs.warnings.contains(.fewCells(have: 5, wanted: 8)))
  }

  @Test("Noise from few degrees of freedom is told; from none, there are no intervals")
  func fewDegrees() throws {
    let few = try LawFit.fit(
      LineForm(), to: LineForm.data(noise: 0.02, count: 5, seed: 1), options: Self.plain)
    #expect(few.warnings.contains(.noiseFromFew(degreesOfFreedom: 3)))
    let none = try LawFit.fit(
      LineForm(), to: LineForm.data(noise: 0.02, count: 2, seed: 1), options: Self.plain)
    #expect(none.warnings == [.noiseUnknown])
    #expect(none.parameters.allSatisfy { $0.interval == nil })
    #expect(none.resamples == nil)
  }

  @Test("Every warning of a fit says what to do")
  func sentences() {
    let warnings: [LawWarning] = [
      .notIdentified(parameter: "α"), .termCollapsed(parameter: "E"),
      .influentialRun(run: 7, parameter: "β", standardErrors: 3.14159),
      .outsideRange(variable: "N", value: 1e12, range: FittedRange(1e7, 1e9)),
      .minimumAtEdge(budget: 1e18, edge: .largest),
    ]
    let texts = warnings.map { "\($0)" }
    #expect(
      texts == [
        "α is not identified: the data leave it nearly free; trust predictions inside the fitted "
          + "range, hold it at a published value, or widen the design",
        "E collapsed to 0: the data show no irreducible term; train at larger sizes and budgets "
          + "before extrapolating, or hold it at a published value",
        "run 7 alone moves β by 3.14 standard errors; check it, and add runs beside it",
        "N = 1e12 is outside the fitted 1e7 to 1e9; train runs out there before relying on it",
        "at C = 1e18 the lowest loss is at the largest size tried: add a larger one, or leave the "
          + "budget out of the allocation law",
      ])
  }
}
