import Experiment
import Testing

@testable import ScalingLaws

@Suite("A plan keeps the budget and the constraints")
struct PlanTests {
  /// Budgets from ten million to a trillion parameters, each under different constraints.
  static let requests: [PlanRequest] = [1e18, 3e19, 1e20, 2.5e21, 9e21, 1e23, 1e24].flatMap {
    budget in
    constraints.map { PlanRequest(budget: .flops(budget), constraints: $0) }
  }

  static let constraints = [
    ShapeConstraints(),
    ShapeConstraints(maxTotalParameters: 400e9, expertsMultiple: 32),
    ShapeConstraints(sharedExperts: 0, activation: .value(1.0 / 32), granularity: .value(8)),
    ShapeConstraints(
      expertsMultiple: 1, denseLayers: 2, sharedExperts: 2, activation: .range(1.0 / 64...1.0 / 8),
      granularity: .range(3...7), seqLen: 4096, vocab: 50_000),
  ]

  @Test("C is within 2 % of the budget, and the constraints hold", arguments: requests)
  func constraintsHold(request: PlanRequest) throws {
    let plan = try request.plan()
    let shape = plan.architecture
    let asked = request.constraints
    try shape.validate()
    #expect(abs(plan.compute / request.budget.compute - 1) <= 0.02)
    #expect(abs(Double(plan.modelFLOPs) / plan.targetModelFLOPs - 1) <= 0.015)
    #expect(
      Double(shape.parameters.totalNonVocabulary) <= asked.maxTotalParameters ?? .infinity)
    #expect(shape.experts.isMultiple(of: asked.expertsMultiple))
    #expect(shape.sharedExperts == asked.sharedExperts)
    #expect(shape.seqLen == asked.seqLen && shape.vocab == asked.vocab)
    #expect(shape.denseLayers == asked.denseLayers ?? shape.layers / 20)
    #expect(shape.dFFN == (shape.denseLayers > 0 ? shape.activatedWidth : 0))
    let a = shape.activationRatio().doubleValue
    let g = try #require(shape.granularity?.doubleValue)
    #expect(span(asked.activation, slack: 1.021, or: 1.0 / 128...1).contains(a))
    #expect(span(asked.granularity, slack: 1.101, or: 2...16).contains(g))
    #expect(try #require(plan.interval).contains(plan.leverage))
  }

  @Test("shapes are ones that people would build", arguments: requests)
  func plausible(request: PlanRequest) throws {
    let shape = try request.plan().architecture
    #expect(shape.heads.isMultiple(of: 2) && shape.heads.isMultiple(of: shape.kvHeads))
    #expect(shape.headDim == (shape.dModel < 2048 ? min(64, shape.headDim) : 128))
    #expect(shape.dModel.isMultiple(of: shape.dModel < 512 ? 64 : 128))
    #expect(shape.dExpert.isMultiple(of: shape.dModel < 1024 ? 4 : 32))
    #expect(shape.dModel < 2048 || shape.dExpert.isMultiple(of: 64))
    let ratio = Double(shape.activatedWidth) / Double(shape.dModel)
    #expect((1.8...3.4).contains(ratio), "\(shape)")
    let depth = Double(shape.layers) / ShapeRule.layers(dModel: shape.dModel)
    #expect((0.7...1.4).contains(depth), "\(shape)")
  }

  @Test(
    "the tokens that are asked for are trained, to half a batch", arguments: [2e11, 1e12, 3e12])
  func tokens(tokens: Double) throws {
    let plan = try PlanRequest(budget: .flops(9e21), tokens: tokens).plan()
    #expect(abs(plan.tokens - tokens) <= Double(plan.batchTokens) / 2)
    #expect(abs(plan.compute / 9e21 - 1) <= 0.02)
    #expect(plan.allocation == .tokens(tokens))
    #expect(!plan.flags.contains(.allocationExtrapolated))
    #expect(abs(plan.dense.tokens / plan.tokens - 1) < 1e-9)
  }

  @Test("GPU-hours are hours · 3600 · peak · utilisation")
  func deviceHours() throws {
    let hours = ComputeBudget.deviceHours(1000, peakFLOPsPerSecond: 989e12, utilisation: 0.4)
    #expect(abs(hours.compute / 1.424_16e21 - 1) < 1e-12)
    let constraints = ShapeConstraints(maxTotalParameters: 30e9)
    var byFLOPs = try PlanRequest(budget: .flops(hours.compute), constraints: constraints).plan()
    byFLOPs.budget = hours
    #expect(try PlanRequest(budget: hours, constraints: constraints).plan() == byFLOPs)
  }

  @Test(
    "a larger budget never predicts a higher loss",
    arguments: [
      ShapeConstraints(), ShapeConstraints(maxTotalParameters: 17.5e9),
      ShapeConstraints(layers: 16...40, activation: .value(1.0 / 32)),
    ])
  func monotone(constraints: ShapeConstraints) throws {
    let curve = LossCurve(
      form: .offsetPowerLaw, alpha: 30, beta: 0.07, offset: 1.2, range: FittedRange(1e18, 1e21))
    let laws = PlanLaws(denseLoss: curve)
    var last = Double.infinity
    for step in 0..<30 {
      var budget = 1e20
      for _ in 0..<step { budget *= 1.15 }
      let plan = try PlanRequest(budget: .flops(budget), constraints: constraints).plan(by: laws)
      let loss = try #require(plan.loss)
      #expect(loss < last, "at C = \(budget)")
      last = loss
    }
  }

  @Test("another A inside the limits and the fit is never worth more", arguments: requests)
  func bestActivation(request: PlanRequest) throws {
    guard request.constraints.activation == nil else { return }
    let rows = try request.plan().alternatives
    #expect(rows.first?.change == ModelPlan.Alternative.Change.none)
    for row in rows where row.change == .activation && row.isWithinLimits && row.isWithinFit {
      #expect(row.relativeLeverage < 0)
    }
  }

  @Test("an A that is held is met exactly where the multiple allows it, G by the nearest width")
  func held() throws {
    let plan = try PlanRequest(
      budget: .flops(1e22),
      constraints: ShapeConstraints(activation: .value(1.0 / 32), granularity: .value(8))
    ).plan()
    #expect(plan.architecture.activationRatio() == Ratio(1, 32))
    #expect(plan.architecture.granularity == Ratio(8))
  }

  private func span(
    _ choice: RatioChoice?, slack: Double, or fitted: ClosedRange<Double>
  ) -> ClosedRange<Double> {
    switch choice {
    case nil: fitted.lowerBound * (1 - 1e-9)...fitted.upperBound * (1 + 1e-9)
    case .value(let value): value / slack...value * slack
    case .range(let range): range.lowerBound * (1 - 1e-9)...range.upperBound * (1 + 1e-9)
    }
  }
}
