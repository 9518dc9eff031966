public import Experiment
import Foundation

/// The dense model that a planned MoE model is predicted to equal.
public struct DenseEquivalent: Hashable, Sendable {
  /// C_dense = EL · C, FLOPs.
  public var compute: Double
  /// M of the allocation law at C_dense, or C_dense / D where the tokens were given.
  public var modelFLOPs: Double
  /// D = C_dense / M.
  public var tokens: Double
  /// An integer shape of about that M; nil when there is none.
  public var architecture: Architecture?

  /// The dense model at `compute`.
  init(compute: Double, modelFLOPs: Double, constraints: ShapeConstraints) {
    self.compute = compute
    self.modelFLOPs = modelFLOPs
    tokens = compute / modelFLOPs
    architecture = Self.shape(modelFLOPs: modelFLOPs, constraints: constraints)
  }

  /// The shape nearest to published proportions among those within 1.5 % of M.
  private static func shape(modelFLOPs target: Double, constraints: ShapeConstraints)
    -> Architecture?
  {
    var best: (cost: Double, shape: Architecture)?
    for dModel in ShapeRule.widths {
      let rule = ShapeRule.layers(dModel: dModel)
      for layers in max(1, Int(rule / 1.6))...max(1, Int(rule * 1.6)) {
        var shape = ShapeRule.trunk(layers: layers, dModel: dModel, constraints: constraints)
        let rest = (target - Double(shape.trainingFLOPsPerToken())) / 3
        let step = Double(ShapeRule.expertStep(dModel: dModel))
        let width = rest / Double(6 * layers * dModel)
        shape.dFFN = Int((width / step).rounded() * step)
        guard shape.dFFN > 0 else { continue }
        let error = abs(Double(shape.trainingFLOPsPerToken()) / target - 1)
        guard error <= ShapeSearch.worstError else { continue }
        let ratio = Double(shape.dFFN) / Double(dModel) / ShapeRule.denseWidthRatio
        let cost = ShapeRule.departure(of: shape, width: ratio) + error
        if cost < best?.cost ?? .infinity { best = (cost, shape) }
      }
    }
    return best?.shape
  }
}
