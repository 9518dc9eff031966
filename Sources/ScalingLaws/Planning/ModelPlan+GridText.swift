import Experiment
import Foundation

extension ModelPlan {
  /// A grid file (`docs/grid.md`) that expands to this very run: one family, one point.
  ///
  /// M, η and B stand in it as numbers, so that the run does not move when a law is fitted again;
  /// comments say where they come from.
  ///
  /// - Parameters:
  ///   - study: the study's name; `name` is the grid's.
  ///   - corpus: a prepared corpus by name.
  public func gridText(study: String, name: String, corpus: String) -> String {
    let shape = architecture
    let granularity = shape.granularity.map { "\($0)" } ?? "2"
    return """
      # \(shape), \(Self.short(compute)) FLOPs: EL \(Self.short(leverage)) predicted by \
      \(provenance[.leverage] ?? "")
      study: \(study)
      grid: \(name)
      corpus: \(corpus)
      budgets: [\(Self.exact(compute))]
      sequence_length: \(shape.seqLen)

      families:
        moe:
          kind: moe
          base:
            A: \(shape.activationRatio())
            G: \(granularity)
            top_k: \(shape.topK)
            shared_experts: \(shape.sharedExperts)
            dense_layers: \(shape.denseLayers)
            layers: \(shape.layers)
            width_multiple: \(ShapeRule.widthStep(dModel: shape.dModel))
            head_dim: \(shape.headDim)
            kv_ratio: \(Ratio(shape.kvHeads, shape.heads))
          allocation: {M: \(modelFLOPs)}   # \(provenance[.modelFLOPs] ?? "")
          hyperparameters:
            learning_rate: \(learningRate)   # \(provenance[.learningRate] ?? "")
            batch_tokens: \(batchTokens)   # \(provenance[.batchTokens] ?? "")

      """
  }

  private static func short(_ value: Double) -> String { value.readable }

  /// Ten digits: enough to come back to the same number of whole steps.
  private static func exact(_ value: Double) -> String {
    String(format: "%.10g", value).replacing("e+", with: "e")
  }
}
