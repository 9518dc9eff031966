import Foundation
import ScalingLaws
import Testing

@Suite("Criteria, held-out rows and rivals")
struct FitQualityTests {
  private static let options = FitOptions(loss: .squared, bootstraps: 0)

  @Test("AIC, AICc, BIC, rmse and R² are those computed by hand")
  func criteria() throws {
    let data = LineForm.data(noise: 0.05, count: 10, seed: 2)
    let exact = LeastSquaresLine(data)
    let quality = try LawFit.fit(LineForm(), to: data, options: Self.options).quality
    let akaike = 10 * log(exact.squares / 10) + 6
    #expect(abs(quality.akaike - akaike) < 1e-8)
    #expect(abs(try #require(quality.correctedAkaike) - (akaike + 24 / 6)) < 1e-8)
    #expect(abs(quality.bayes - (10 * log(exact.squares / 10) + 3 * log(10))) < 1e-8)
    #expect(abs(quality.rmse - (exact.squares / 10).squareRoot()) < 1e-10)
    let logs = data.rows.map { log($0.value) }
    let mean = logs.reduce(0, +) / 10
    let spread = logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(try #require(quality.rSquared) - (1 - exact.squares / spread)) < 1e-10)
  }

  @Test("AICc is undefined where rows are too few for it")
  func undefined() throws {
    let data = LineForm.data(noise: 0.05, count: 4, seed: 2)
    let quality = try LawFit.fit(LineForm(), to: data, options: Self.options).quality
    #expect(quality.correctedAkaike == nil)
    #expect(quality.degreesOfFreedom == 2)
  }

  @Test("The largest values of a variable are kept from the fit and judged")
  func largest() throws {
    var options = Self.options
    options.holdOut = .largest(count: 2, of: "x")
    var data = LineForm.data(noise: 0.05, count: 9, seed: 4)
    // Within 2 % of the largest: the same value, realised by another shape.
    data.rows.append(LawData.Row(run: 7, cell: "", variables: [9.1], value: 0.7))
    let fit = try LawFit.fit(LineForm(), to: data, options: options)
    #expect(fit.runs == (101...107).map(Int64.init))
    #expect(fit.heldOut.map(\.run) == [108, 109, 7])
    #expect(fit.ranges["x"] == FittedRange(1, 7))
    #expect(fit.quality.rows == 7)

    let alone = LeastSquaresLine(LawData(rows: Array(data.rows.prefix(7))))
    #expect(abs(fit.theta[1] - alone.b) < 1e-9)
    let squares = data.rows.suffix(3).reduce(0) {
      let r = log($1.value) - alone.a - alone.b * $1.variables[0]
      return $0 + r * r
    }
    #expect(abs(try #require(fit.heldOutRMSE) - (squares / 3).squareRoot()) < 1e-8)
    #expect(fit.heldOut.allSatisfy { $0.leverage == nil })
  }

  @Test("Rows at or above a threshold are kept from the fit")
  func above() throws {
    let data = LineForm.data(b: 0.2, noise: 0, count: 9, seed: 4)
    var options = Self.options
    options.holdOut = .above(data.rows[6].value)
    let fit = try LawFit.fit(LineForm(), to: data, options: options)
    #expect(fit.heldOut.map(\.run) == [107, 108, 109])
    #expect(try #require(fit.heldOutRMSE) < 1e-9)
  }

  @Test("Among rivals on the same rows, the form that made them has the weight")
  func rivals() throws {
    let data = ChinchillaRuns.data(noise: 0.003)
    let line = LawData(
      rows: data.rows.map {
        LawData.Row(
          run: $0.run, cell: $0.cell, variables: [log($0.variables[0])], value: $0.value)
      })
    var options = FitOptions(bootstraps: 0)
    options.holdOut = .none
    let comparison = try LawComparison(
      [.init(LineForm(), line), .init(ChinchillaForm(), data)], options: options)
    #expect(comparison.entries.map(\.fit.form) == ["chinchilla", "line"])
    #expect(comparison.entries[0].akaikeDifference == 0)
    let difference =
      try #require(comparison.entries[1].fit.quality.correctedAkaike)
      - #require(comparison.entries[0].fit.quality.correctedAkaike)
    #expect(comparison.entries[1].akaikeDifference == difference)
    let share = 1 / (1 + exp(-difference / 2))
    #expect(abs(comparison.entries[0].akaikeWeight - share) < 1e-12)
    #expect(abs(comparison.entries.reduce(0) { $0 + $1.bayesWeight } - 1) < 1e-12)

    var other = line
    other.rows[3].value *= 2
    #expect(throws: ScalingLawsError.fit(.differentRows(form: "chinchilla", other: "line"))) {
      try LawComparison([.init(LineForm(), other), .init(ChinchillaForm(), data)])
    }
    #expect(throws: ScalingLawsError.fit(.noRivals)) { try LawComparison([]) }
  }

  @Test("Each budget left out is predicted from the others alone")
  func leftOut() throws {
    let data = LineForm.data(noise: 0.05, count: 6, seed: 9)
    let errors = try LeftOutErrors(of: LineForm(), to: data, by: "x", options: Self.options)
    #expect(errors.groups.map(\.value) == [1, 2, 3, 4, 5, 6])
    for (index, group) in errors.groups.enumerated() {
      var others = data
      let row = others.rows.remove(at: index)
      let line = LeastSquaresLine(others)
      let error = log(row.value) - line.a - line.b * row.variables[0]
      #expect(abs(group.rmse - abs(error)) < 1e-8)
    }
    let squares = errors.groups.reduce(0) { $0 + $1.rmse * $1.rmse }
    #expect(abs(errors.rmse - (squares / 6).squareRoot()) < 1e-10)
    let single = LawData(rows: [data.rows[0], data.rows[0], data.rows[0]])
    #expect(throws: ScalingLawsError.fit(.tooFewGroups(variable: "x", have: 1, need: 2))) {
      try LeftOutErrors(of: LineForm(), to: single, by: "x")
    }
  }
}
