import Experiment
import ScalingLaws
import Testing

@Suite("A plan that cannot be is refused with the nearest that can")
struct PlanRefusalTests {
  static func request(
    _ constraints: ShapeConstraints, tokens: Double? = nil, extrapolate: Bool = false
  ) -> PlanRequest {
    PlanRequest(
      budget: .flops(1e22), tokens: tokens, constraints: constraints,
      allowsExtrapolation: extrapolate)
  }

  @Test("A below 2/256 is outside the fit, unless extrapolation is asked for")
  func activation() throws {
    let constraints = ShapeConstraints(activation: .value(1.0 / 256))
    let error = try #require(throws: PlanError.self) { try Self.request(constraints).plan() }
    guard case .outsideFit("A", 1.0 / 256, let fitted, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(fitted == FittedRange(1.0 / 128, 1))
    #expect(error.description.contains("the nearest possible is A = 0.00781"))
    let plan = try Self.request(constraints, extrapolate: true).plan()
    #expect(abs(plan.architecture.activationRatio().doubleValue * 256 - 1) < 0.021)
    #expect(plan.flags.contains(.activationExtrapolated))
    #expect(plan.alternatives[0].isWithinFit == false)
  }

  @Test("G above 16 is outside the fit, unless extrapolation is asked for")
  func granularity() throws {
    let constraints = ShapeConstraints(granularity: .range(18...24))
    #expect(throws: PlanError.self) { try Self.request(constraints).plan() }
    let plan = try Self.request(constraints, extrapolate: true).plan()
    #expect(plan.flags.contains(.granularityExtrapolated))
    #expect(try #require(plan.architecture.granularity?.doubleValue) >= 18)
  }

  @Test("a limit on N that no shape keeps names the smallest N, and that is possible")
  func total() throws {
    let error = try #require(throws: PlanError.self) {
      try Self.request(ShapeConstraints(maxTotalParameters: 1e9)).plan()
    }
    guard case .totalAboveLimit(1e9, let smallest) = error else {
      Issue.record("\(error)")
      return
    }
    let plan = try Self.request(ShapeConstraints(maxTotalParameters: Double(smallest))).plan()
    #expect(plan.architecture.parameters.totalNonVocabulary == smallest)
  }

  @Test("a limit on N_a that no shape keeps names the smallest N_a, and that is possible")
  func active() throws {
    let error = try #require(throws: PlanError.self) {
      try Self.request(ShapeConstraints(maxActiveParameters: 1e9)).plan()
    }
    guard case .activeAboveLimit(1e9, let smallest) = error else {
      Issue.record("\(error)")
      return
    }
    let plan = try Self.request(ShapeConstraints(maxActiveParameters: Double(smallest))).plan()
    #expect(plan.architecture.parameters.activeNonVocabulary == smallest)
  }

  @Test("an M that no shape has names the nearest one")
  func noShape() throws {
    let error = try #require(throws: PlanError.self) {
      try Self.request(ShapeConstraints(layers: 2...2), tokens: 1e15).plan()
    }
    guard case .noShape(1e7, let nearest, fromTokens: true) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(try #require(nearest) > 0)
    #expect(error.description.contains("the nearest possible is M = "))
  }

  @Test("a multiple of experts that misses A names the nearest A")
  func experts() throws {
    let constraints = ShapeConstraints(expertsMultiple: 4096, activation: .value(1.0 / 8))
    let error = try #require(throws: PlanError.self) { try Self.request(constraints).plan() }
    guard case .noExpertCount(4096, _, let nearest) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(nearest > 0 && nearest < 1.0 / 8)
  }

  @Test("too few steps are refused")
  func steps() throws {
    let request = PlanRequest(budget: .flops(1e20), tokens: 1e8)
    let error = try #require(throws: PlanError.self) { try request.plan() }
    guard case .tooFewSteps(let steps, _, needed: 100) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(steps < 100)
  }

  @Test(
    "values that no plan has are refused before any search",
    arguments: [
      PlanRequest(budget: .flops(0)), PlanRequest(budget: .flops(.nan)),
      PlanRequest(budget: .flops(.infinity)), PlanRequest(budget: .flops(1e22), tokens: -1),
      PlanRequest(
        budget: .deviceHours(100, peakFLOPsPerSecond: 989e12, utilisation: 1.5)),
      request(ShapeConstraints(maxTotalParameters: 0)),
      request(ShapeConstraints(expertsMultiple: 0)),
      request(ShapeConstraints(layers: 0...3)), request(ShapeConstraints(sharedExperts: -1)),
      request(ShapeConstraints(activation: .value(0))),
      request(ShapeConstraints(activation: .value(2)), extrapolate: true),
      request(ShapeConstraints(granularity: .range(-1...3))), request(ShapeConstraints(seqLen: 1)),
      request(ShapeConstraints(seqLen: .max)), request(ShapeConstraints(layers: 2...(.max))),
      request(ShapeConstraints(layers: 4...4, denseLayers: 4)),
      request(ShapeConstraints(vocab: .max)),
      request(ShapeConstraints(expertsMultiple: .max)),
    ])
  func invalid(request: PlanRequest) throws {
    let error = try #require(throws: PlanError.self) { try request.plan() }
    guard case .invalid = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test("a law that gives absurd leverages is named, and huge budgets are refused")
  func absurd() throws {
    var model = LeverageModel.ling
    model.parameters[0] = -50
    let error = try #require(throws: PlanError.self) {
      try PlanRequest(budget: .flops(1e21), tokens: 1e11).plan(by: PlanLaws(leverage: model))
    }
    #expect(error.description.contains("gives EL = "))
    #expect(throws: PlanError.self) { try PlanRequest(budget: .flops(1e300)).plan() }
    #expect(throws: PlanError.self) {
      try PlanRequest(budget: .flops(1e300), tokens: 1e289).plan()
    }
    let tiny = PlanLaw(law: PowerLaw(a: 1e9, b: 0), provenance: "law 8")
    #expect(throws: PlanError.self) {
      try PlanRequest(budget: .flops(1e60)).plan(by: PlanLaws(allocation: tiny))
    }
  }

  @Test("a law that gives nonsense is named")
  func unusable() throws {
    let law = PlanLaw(law: PowerLaw(a: 0, b: 1), provenance: "law 7")
    let error = try #require(throws: PlanError.self) {
      try PlanRequest(budget: .flops(1e21)).plan(by: PlanLaws(learningRate: law))
    }
    #expect(error.description.contains("law 7 gives η = 0"))
  }
}
