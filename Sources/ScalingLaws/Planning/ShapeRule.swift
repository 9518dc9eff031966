import Experiment
import Foundation

/// What no leverage law decides, read off published models: depth, the width of the activated
/// feed-forward, heads. `presets/` has the models.
enum ShapeRule {
  /// Layers that go with a width, L = 0.1147·d_model^0.7012: least squares through the logarithms of
  /// the ablation sizes of arXiv 2507.17702, Ling-mini-beta and the Ling 2.0 models.
  static func layers(dModel: Int) -> Double { 0.1147 * pow(Double(dModel), 0.7012) }

  /// (E_a + E_s)·d_expert / d_model: 2.44 in Ling-mini-beta, 2.25 in the Ling 2.0 models, 3 in the
  /// ablations.
  static let widthRatio = 2.5
  /// The width ratios that a plan may have.
  static let widthRatios = 1.25...5.0

  /// d_ffn / d_model of a dense model, as in the dense 6.1 B peer of Ling-mini-beta and in Llama 3.
  static let denseWidthRatio = 3.5

  /// Head width: 128 from d_model 2048 on, below it a power of two near an eighth, at most 64.
  static func headDim(dModel: Int) -> Int {
    dModel >= 2048 ? 128 : min(64, powerOfTwo(dModel / 8, atLeast: 8))
  }

  /// The step between the widths that are tried: an even number of heads, so that key-value heads
  /// can be fewer.
  static func widthStep(dModel: Int) -> Int { 2 * headDim(dModel: dModel) }

  /// The step between expert widths, so that matrices keep tiles: 64 from d_model 2048 on.
  static func expertStep(dModel: Int) -> Int { min(64, powerOfTwo(dModel / 32, atLeast: 4)) }

  /// Key-value heads: the largest power of two that divides the heads and leaves four or more query
  /// heads each.
  static func kvHeads(heads: Int) -> Int {
    let divisor = heads & -heads
    return min(divisor, powerOfTwo(heads / 4, atLeast: 1))
  }

  /// What a shape's departures from the rules cost; `width` is its feed-forward over the rule's.
  static func departure(of shape: Architecture, width: Double) -> Double {
    let depth = log(Double(shape.layers) / layers(dModel: shape.dModel))
    let group = log(Double(shape.heads) / Double(4 * shape.kvHeads))
    return depth * depth + log(width) * log(width) + group * group / 50
  }

  /// Leading dense layers: one in twenty, which is 1 of 20, 1 of 32 and 4 of 80 as in Ling 2.0.
  static func denseLayers(layers: Int) -> Int { layers / 20 }

  /// The widths that are tried, up to 32,768.
  static let widths: [Int] = {
    var widths: [Int] = []
    var width = 16
    while width <= 32_768 {
      widths.append(width)
      width += widthStep(dModel: width)
    }
    return widths
  }()

  /// The largest power of two that is at most `number` and at least `least`, itself one.
  private static func powerOfTwo(_ number: Int, atLeast least: Int) -> Int {
    var power = least
    while power * 2 <= number { power *= 2 }
    return power
  }

  /// The trunk of a model: attention alone, its feed-forward still to be set.
  static func trunk(layers: Int, dModel: Int, constraints: ShapeConstraints) -> Architecture {
    let heads = dModel / headDim(dModel: dModel)
    return Architecture(
      layers: layers, dModel: dModel, heads: heads, kvHeads: kvHeads(heads: heads), dFFN: 0,
      dExpert: 0, experts: 0, topK: 0, sharedExperts: 0, denseLayers: layers,
      vocab: constraints.vocab, seqLen: constraints.seqLen)
  }
}
