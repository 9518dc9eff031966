import Experiment
import Testing

@Suite("A grid's settings come from laws, with their provenance")
struct GridSettingsTests {
  private let laws: [SettingQuantity: LawReference] = [
    .modelFLOPs: .fitted(name: "allocation-moe", revision: "7"),
    .learningRate: .published(name: "ling-2507.17702"),
    .batchTokens: .published(name: "step-law"),
  ]

  private func grid(kind: ModelKind = .moe, sweeps: [Grid.Sweep] = []) -> Grid {
    let family = Grid.Family(
      name: "models", kind: kind, sweeps: sweeps, allocation: .law(laws[.modelFLOPs]!),
      learningRate: .law(laws[.learningRate]!), batchTokens: .law(laws[.batchTokens]!))
    return Grid(study: "s", name: "g", corpus: "c", budgets: [1e12], families: [family])
  }

  private func resolved(_ kind: ModelKind = .moe) -> ResolvedSettings {
    func request(_ quantity: SettingQuantity) -> LawRequest {
      LawRequest(reference: laws[quantity]!, quantity: quantity, kind: kind, family: "models")
    }
    return ResolvedSettings(laws: [
      request(.modelFLOPs): ResolvedLaw(
        law: .ofCompute(PowerLaw(a: 0.8, b: 0.5)), provenance: "allocation-moe, fit 7",
        fittedRange: 1e11...3e12),
      request(.learningRate): ResolvedLaw(
        law: .ofCompute(PowerLaw(a: 1.1576, b: -0.1529)), provenance: "Ling Eq. 3",
        fittedRange: 3e17...3e20),
      request(.batchTokens): ResolvedLaw(
        law: .ofShape(a: 0.58, n: 0, d: 0.571), provenance: "Step Law"),
    ])
  }

  private func expand(_ grid: Grid, _ resolved: ResolvedSettings) throws -> [PlannedRun] {
    try grid.expand(
      resolved: resolved, corpus: RunSpec.CorpusReference(name: "c", sha256: "0"), vocab: 1024)
  }

  private func message(_ grid: Grid, _ resolved: ResolvedSettings) -> String? {
    #expect(throws: ExpansionError.self) { try expand(grid, resolved) }?.description
  }

  @Test("The laws to resolve are listed once each, in order")
  func requests() {
    let references = grid().lawRequests.map(\.reference)
    #expect(references == SettingQuantity.allCases.map { laws[$0]! })
    #expect(
      references.map(\.description) == ["allocation-moe@7", "ling-2507.17702", "step-law"])
    #expect(grid().lawRequests.map(\.quantity) == SettingQuantity.allCases)
  }

  @Test("Values follow the laws; a budget outside a law's range is flagged")
  func values() throws {
    let run = try #require(
      try expand(
        grid(sweeps: [GridExpansionTests.sweep(.learningRate, [Ratio(1, 2)])]), resolved()
      ).first)
    #expect(abs(run.spec.optimiser.learningRate / (0.5 * 1.1576 * 0.01462) - 1) < 1e-3)
    #expect(run.spec.batchTokens == 1792)
    #expect(
      run.provenance == [
        .modelFLOPs: "allocation-moe, fit 7", .learningRate: "Ling Eq. 3, times 1/2",
        .batchTokens: "Step Law",
      ])
    #expect(run.flags == [.learningRateExtrapolated])
  }

  @Test("What cannot be expanded says why")
  func refusals() {
    #expect(
      message(grid(), ResolvedSettings())
        == "family models: no law allocation-moe@7 gives M")
    var shaped = resolved()
    let request = grid().lawRequests[0]
    shaped.laws[request]?.law = .ofShape(a: 1, n: 1, d: 1)
    #expect(
      message(grid(), shaped)
        == "family models: the allocation must give M from C alone; name a power law of C")
    shaped.laws[request]?.law = .ofCompute(PowerLaw(a: -1, b: 0))
    #expect(
      message(grid(), shaped)
        == "family models, C = 1e12: M comes to -1; it must be a positive number, so "
        + "check the law's coefficients")
    #expect(
      message(
        grid(kind: .dense, sweeps: [GridExpansionTests.sweep(.activation, [.one])]),
        resolved(.dense)) == "family models is dense: it has no A to sweep")
    #expect(
      message(
        grid(sweeps: [GridExpansionTests.sweep(.activation, [Ratio(2)])]), resolved())
        == "family models: A = 2 must be above 0 and at most 1")
    #expect(
      message(
        grid(sweeps: [GridExpansionTests.sweep(.activation, [Ratio(3, 4)])]), resolved())?
        .hasPrefix("family models, C = 1e12, A=3/4: A = 3/4 is impossible") == true)
    #expect(
      message(
        grid(sweeps: [GridExpansionTests.sweep(.batch, [Ratio(100_000)])]), resolved())?
        .contains("leave less than half an optimiser step") == true)
  }
}
