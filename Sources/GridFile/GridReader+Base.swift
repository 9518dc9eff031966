import Experiment

extension GridReader {
  /// The base point, key by key over what `base` has.
  func read(_ base: inout BaseShape, from mapping: MappingReader?) {
    guard var mapping else { return }
    if let value = mapping.take("A") {
      base.activation =
        value.ratio(Axis.activation.range, Axis.activation.allows) ?? base.activation
    }
    if let value = mapping.take("G") {
      base.granularity =
        value.ratio(Axis.granularity.range, Axis.granularity.allows) ?? base.granularity
    }
    if let value = mapping.take("top_k") { base.topK = value.integer(1...65_536) ?? base.topK }
    readShared(&base, from: &mapping)
    if let value = mapping.take("dense_layers") {
      base.denseLayers = value.integer(0...65_536) ?? base.denseLayers
    }
    if let value = mapping.take("layers") { base.depth = depth(value) ?? base.depth }
    if let value = mapping.take("width_multiple") {
      let multiple = value.integer(2...65_536) ?? base.widthMultiple
      if multiple.isMultiple(of: 2) {
        base.widthMultiple = multiple
      } else {
        value.report(.badValue("\(multiple)", expected: "an even number: rotary heads are even"))
      }
    }
    if let value = mapping.take("head_dim") {
      base.headDim = value.integer(2...65_536) ?? base.headDim
    }
    if let value = mapping.take("kv_ratio") {
      base.kvRatio =
        value.ratio("above 0 and at most 1") { $0 > Ratio(0) && $0 <= .one }
        ?? base.kvRatio
    }
    if let value = mapping.take("attention_share_definition") {
      base.attentionShareDefinition =
        value.choice(AttentionShareDefinition.self) ?? base.attentionShareDefinition
    }
    mapping.finish()
  }

  /// E_s, given as `shared_experts`, or as `S` beside `top_k`.
  private func readShared(_ base: inout BaseShape, from mapping: inout MappingReader) {
    let count = mapping.take("shared_experts")
    if let count { base.sharedExperts = count.integer(0...65_536) ?? base.sharedExperts }
    guard let value = mapping.take("S") else { return }
    guard count == nil else {
      value.report(.conflict(with: "shared_experts", advice: "keep one of the two"))
      return
    }
    guard let ratio = value.ratio(Axis.sharedRatio.range, Axis.sharedRatio.allows) else { return }
    // S = E_s / (E_a + E_s), solved for E_s.
    let shared = ratio / Ratio(ratio.denominator - ratio.numerator, ratio.denominator)
    if let whole = (shared * Ratio(base.topK)).wholeValue {
      base.sharedExperts = whole
    } else {
      value.report(
        .badValue(
          "\(ratio)",
          expected: "possible with top_k \(base.topK): E_s = S / (1 - S) * E_a must be "
            + "whole"))
    }
  }

  /// A number of layers, or `{aspect: …, minimum: …}`.
  private func depth(_ value: Value) -> Depth? {
    guard value.isMapping, var mapping = MappingReader(value) else {
      return value.integer(1...65_536).map { .fixed($0) }
    }
    let aspect = mapping.require("aspect", "d_model / layers")?
      .ratio("above 0") { $0 > Ratio(0) }
    let minimum = mapping.take("minimum").map { $0.integer(1...65_536) } ?? 1
    mapping.finish()
    guard let aspect, let minimum else { return nil }
    return .aspect(ratio: aspect, minimum: minimum)
  }
}
