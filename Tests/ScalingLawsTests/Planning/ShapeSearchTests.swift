import Experiment
import Testing

@testable import ScalingLaws

@Suite("The search leaves no better neighbour")
struct ShapeSearchTests {
  @Test(
    "no shape a step or two away that keeps the constraints scores higher",
    arguments: PlanTests.requests + [PlanOutputTests.beta])
  func locallyBest(request: PlanRequest) throws {
    let search = try request.search(by: PlanLaws())
    let chosen = try search.best(fromTokens: false)
    let best = try search.score(chosen)
    for neighbour in neighbours(of: chosen, request.constraints) {
      guard search.error(of: neighbour) <= ShapeSearch.worstError,
        keeps(neighbour, search, request.constraints)
      else { continue }
      #expect(try search.score(neighbour) <= best + 1e-12, "\(chosen) against \(neighbour)")
    }
  }

  /// Layers, widths, experts and E_a each up to two steps away, all combinations.
  private func neighbours(of shape: Architecture, _ asked: ShapeConstraints) -> [Architecture] {
    let widths = ShapeRule.widths
    let at = widths.firstIndex(of: shape.dModel)!
    let steps = -2...2
    return widths[max(0, at - 1)...min(widths.count - 1, at + 1)].flatMap { dModel in
      steps.flatMap { layers -> [Architecture] in
        guard shape.layers + layers > 0 else { return [] }
        let trunk = ShapeRule.trunk(
          layers: shape.layers + layers, dModel: dModel, constraints: asked)
        return steps.flatMap { width in steps.map { (width, $0) } }.flatMap { width, topK in
          steps.compactMap { experts -> Architecture? in
            var neighbour = trunk
            neighbour.denseLayers = asked.denseLayers ?? ShapeRule.denseLayers(layers: trunk.layers)
            neighbour.dExpert = shape.dExpert + width * ShapeRule.expertStep(dModel: dModel)
            neighbour.topK = shape.topK + topK
            neighbour.sharedExperts = shape.sharedExperts
            neighbour.experts = shape.experts + experts * asked.expertsMultiple
            neighbour.dFFN = neighbour.denseLayers > 0 ? neighbour.activatedWidth : 0
            do { try neighbour.validate() } catch { return nil }
            return neighbour
          }
        }
      }
    }
  }

  private func keeps(
    _ shape: Architecture, _ search: ShapeSearch, _ asked: ShapeConstraints
  ) -> Bool {
    let counts = shape.parameters
    return search.activation.contains(shape.activationRatio().doubleValue)
      && search.granularity.contains(shape.granularity!.doubleValue)
      && search.heldActivation == nil && search.heldGranularity == nil
      && asked.layers?.contains(shape.layers) ?? true
      && shape.dExpert.isMultiple(of: ShapeRule.expertStep(dModel: shape.dModel))
      && Double(counts.totalNonVocabulary) <= asked.maxTotalParameters ?? .infinity
      && Double(counts.activeNonVocabulary) <= asked.maxActiveParameters ?? .infinity
  }
}
