import Foundation
import Testing

import ScalingLaws

@Suite("Optima of forms")
struct OptimumTests {
  @Test(
    "The optimum is where the form is best, and a form without one has none",
    arguments: [
      FormCase(form: JointLeverageForm()), FormCase(form: JointLeverageForm(granularityLog: .e)),
      FormCase(form: LeverageByGranularityForm()), FormCase(form: SummaryLeverageForm()),
      FormCase(form: ParabolaForm.lossByGranularity()),
      FormCase(form: ParabolaForm.lossByGranularity(log: .ten)),
      FormCase(form: ParabolaForm.lossBySharedRatio),
    ])
  func stationary(sample: FormCase) throws {
    let form = try #require(sample.form as? any OptimumForm)
    let parameters = sample.parameters
    let best = try #require(form.optimum(parameters: parameters))
    let variable = try #require(
      form.variables.firstIndex { $0.name == form.optimumVariable.name })
    var generator = SplitMix64(seed: 31)
    for _ in 0..<20 {
      var point = FormSample.point(of: form, &generator)
      // Away from A = 1, where the leverage is 1 at every granularity.
      if form.variables[0].name == "A" { point[0] = min(point[0], 0.5) }
      func value(_ factor: Double) throws -> Double {
        point[variable] = best * factor
        return try form.value(at: point, parameters: parameters)
      }
      let (at, below, above) = (try value(1), try value(0.97), try value(1.03))
      if form.quantity == .loss {
        #expect(below > at && above > at)
      } else {
        #expect(below < at && above < at)
      }
    }
  }

  @Test("The published optimum of granularity is 11.3, and an upside-down U has none")
  func published() throws {
    let form = JointLeverageForm()
    let values = form.published[0].values
    let best = try #require(form.optimum(parameters: values))
    #expect(abs(best - 11.3) < 0.05)
    #expect(form.optimum(parameters: [1, 0, -0.01, 0.1, 0.01, 100]) == nil)
    #expect(ParabolaForm.lossBySharedRatio.optimum(parameters: [1, 0.1, -0.1]) == nil)
    #expect(ParabolaForm.lossBySharedRatio.optimum(parameters: [1, 0.1, 0.1]) == nil)
    #expect(LeverageByGranularityForm().optimum(parameters: [1, 0.1, -7]) == nil)
    #expect(SummaryLeverageForm().optimum(parameters: [0.1, 0.02, 0.05, 0.7]) == nil)
  }
}
