import Experiment
import Foundation

extension ShapeSearch {
  /// The trade-off table: the choice, then A at half and twice, G at 3/4 and 4/3 on the same trunk,
  /// and a fifth fewer and more layers, all at about the same M. Limits on parameters are left out
  /// of it, so that it shows what they cost; a neighbour that integers cannot make is left out.
  ///
  /// - Throws: `law`.
  func alternatives(
    to choice: Architecture, compute: Double
  ) throws(PlanError) -> [ModelPlan.Alternative] {
    let own = try PlannedModel(shape: choice, compute: compute).leverage(by: leverage)
    let counts = choice.parameters
    func alternative(
      _ change: ModelPlan.Alternative.Change, _ shape: Architecture
    ) throws(PlanError) -> ModelPlan.Alternative {
      let point = PlannedModel(shape: shape, compute: compute)
      let value = try point.leverage(by: leverage)
      var unused = Findings()
      return ModelPlan.Alternative(
        change: change, architecture: shape, leverage: value, relativeLeverage: value / own - 1,
        relativeTotal: Double(shape.parameters.totalNonVocabulary)
          / Double(counts.totalNonVocabulary) - 1,
        relativeActive: Double(shape.parameters.activeNonVocabulary)
          / Double(counts.activeNonVocabulary) - 1,
        isWithinLimits: satisfies(shape, &unused), isWithinFit: point.isWithinFit(of: leverage))
    }
    var table = [try alternative(.none, choice)]
    for shape in [0.5, 2].compactMap({ withActivation(choice, times: $0) }) {
      table.append(try alternative(.activation, shape))
    }
    for shape in [0.75, 4.0 / 3].compactMap({ withGranularity(choice, times: $0) }) {
      table.append(try alternative(.granularity, shape))
    }
    let step = max(1, choice.layers / 5)
    for layers in [choice.layers - step, choice.layers + step] where layers > 0 {
      if let shape = try? withLayers(choice, layers) {
        table.append(try alternative(.layers, shape))
      }
    }
    return table
  }

  private func withActivation(_ choice: Architecture, times factor: Double) -> Architecture? {
    var shape = choice
    let activation = choice.activationRatio().doubleValue * factor
    guard activation <= 1 else { return nil }
    shape.experts = min(
      experts(topK: choice.topK, activation: activation), ShapeSolver.mostExperts)
    return shape.experts == choice.experts ? nil : shape
  }

  private func withGranularity(_ choice: Architecture, times factor: Double) -> Architecture? {
    let step = ShapeRule.expertStep(dModel: choice.dModel)
    let dExpert = Int((Double(choice.dExpert) / factor / Double(step)).rounded()) * step
    guard dExpert > 0, dExpert != choice.dExpert else { return nil }
    let activated = Int(
      (Double(choice.activatedWidth) / Double(dExpert)).rounded())
    guard var shape = mixture(on: choice, dExpert: dExpert, activated: activated) else {
      return nil
    }
    shape.experts = experts(
      topK: shape.topK, activation: choice.activationRatio().doubleValue)
    return shape
  }

  private func withLayers(_ choice: Architecture, _ layers: Int) throws(PlanError) -> Architecture {
    var free = constraints
    free.layers = layers...layers
    free.maxTotalParameters = nil
    free.maxActiveParameters = nil
    let a = choice.activationRatio().doubleValue
    let g = choice.granularity?.doubleValue ?? 1
    var shape = try ShapeSearch(
      constraints: free, leverage: leverage, compute: compute, target: target,
      activation: FittedRange(a / 1.2, min(1, a * 1.2)),
      granularity: FittedRange(g / 1.15, g * 1.15)
    ).best(fromTokens: false)
    shape.experts = experts(topK: shape.topK, activation: a)
    return shape
  }
}
