/// The expansion of one family of a grid.
struct FamilyExpansion {
  let grid: Grid
  let family: Grid.Family
  let resolved: ResolvedSettings
  let corpus: RunSpec.CorpusReference
  let vocab: Int

  /// A base shape and the M that it was solved for.
  private struct Base {
    var target: Double
    var shape: Architecture
  }

  /// The runs of one budget: every scale has a base of its own, and its points aim at that base.
  func runs(budget: Double) throws(ExpansionError) -> [PlannedRun] {
    let points = family.points
    var bases: [Ratio: Base] = [:]
    var runs: [PlannedRun] = []
    for point in points {
      let scale = point[.scale] ?? .one
      let base: Base
      if let known = bases[scale] {
        base = known
      } else {
        let siblings = points.filter { ($0[.scale] ?? .one) == scale }.map(\.shape)
        base = try solveBase(scale: scale, siblings: siblings, budget: budget, point: point)
        bases[scale] = base
      }
      let shape: Architecture
      do throws(ShapeError) {
        shape = try solver.shape(at: point.shape, beside: base.shape)
      } catch {
        throw .shape(error, family: family.name, budget: budget, point: point)
      }
      runs += try plan(shape, beside: base, at: point, budget: budget)
    }
    return runs
  }

  private var solver: ShapeSolver {
    ShapeSolver(kind: family.kind, base: family.base, vocab: vocab, seqLen: grid.seqLen)
  }

  private func solveBase(
    scale: Ratio, siblings: [ShapePoint], budget: Double, point: GridPoint
  ) throws(ExpansionError) -> Base {
    let allocation = try law(for: .modelFLOPs)
    guard case .ofCompute(let optimum) = allocation.law else {
      throw .allocationOfShape(family: family.name)
    }
    let target = try usable(optimum(budget) * scale.doubleValue, .modelFLOPs, budget)
    do throws(ShapeError) {
      return Base(target: target, shape: try solver.baseShape(target: target, siblings: siblings))
    } catch {
      throw .shape(error, family: family.name, budget: budget, point: point)
    }
  }

  /// One run a seed of `shape`.
  private func plan(
    _ shape: Architecture, beside base: Base, at point: GridPoint, budget: Double
  ) throws(ExpansionError) -> [PlannedRun] {
    do throws(ArchitectureError) {
      try shape.validate()
    } catch {
      throw .architecture(error, family: family.name, budget: budget, point: point)
    }
    let modelFLOPs = shape.trainingFLOPsPerToken()
    let size = RunSize(
      compute: budget, parameters: Double(shape.parameters.totalNonVocabulary),
      tokens: budget / Double(modelFLOPs))
    let learningRate = try value(of: .learningRate, at: size, times: point[.learningRate])
    let batch = try value(of: .batchTokens, at: size, times: point[.batch])
    let sequences = max(1, (batch / Double(grid.seqLen)).rounded())
    let batchTokens = Int(sequences) * grid.seqLen
    let steps = Int((size.tokens / Double(batchTokens)).rounded())
    guard steps >= 1 else {
      throw .noSteps(
        family: family.name, budget: budget, modelFLOPs: modelFLOPs, batchTokens: batchTokens)
    }
    let spec = RunSpec(
      trainer: grid.trainer, architecture: shape, router: router(at: point),
      initialisation: family.initialisation,
      optimiser: family.optimiser.optimiser(learningRate: learningRate.roundedForIdentity),
      schedule: family.schedule, precision: family.precision, batchSequences: Int(sequences),
      steps: steps, corpus: corpus, evaluation: grid.evaluation, seed: 0)
    var run = PlannedRun(
      spec: spec, family: family.name, kind: family.kind, budget: budget, point: point,
      targetModelFLOPs: base.target, baseModelFLOPs: base.shape.trainingFLOPsPerToken(),
      provenance: try provenance(at: point), flags: [])
    run.flags = try flags(of: run)
    return grid.seeds.map { seed in
      var seeded = run
      seeded.spec.seed = seed
      return seeded
    }
  }

  /// A dense model has no router; the default stands for it, so that equal models are equal specs.
  private func router(at point: GridPoint) -> RunSpec.Router {
    guard family.kind == .moe else { return RunSpec.Router() }
    var router = family.router
    if let coefficient = point[.balanceCoefficient] {
      router.balanceCoefficient = coefficient.doubleValue
    }
    if let step = point[.biasUpdate] { router.biasUpdate = step.doubleValue }
    return router
  }
}
