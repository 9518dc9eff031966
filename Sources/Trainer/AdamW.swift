import CKernels
import Experiment
import Foundation

/// AdamW over a model's flat buffer (arXiv 1711.05101): weight decay on matrices and not on gains,
/// gradients clipped by their global norm.
final class AdamW {
  private let options: RunSpec.Optimiser
  let firstMoment: FloatBuffer
  let secondMoment: FloatBuffer
  /// Steps done.
  var step = 0

  init(_ options: RunSpec.Optimiser, count: Int) {
    self.options = options
    firstMoment = FloatBuffer(count: count)
    secondMoment = FloatBuffer(count: count)
  }

  /// One step down `model.gradients`; returns their norm before clipping.
  func update(_ model: Transformer, learningRate: Double) -> Double {
    step += 1
    let norm = model.gradientNorm
    var factors = ck_adamw_step()
    factors.learning_rate = Float(learningRate)
    factors.beta1 = Float(options.beta1)
    factors.beta2 = Float(options.beta2)
    factors.epsilon = Float(options.epsilon)
    factors.gradient_scale = Float(norm > options.clip ? options.clip / norm : 1)
    factors.correction1 = Float(1 / (1 - pow(options.beta1, Double(step))))
    factors.correction2 = Float(1 / (1 - pow(options.beta2, Double(step))))
    let decayed = model.layout.decayed
    factors.weight_decay = Float(options.weightDecay)
    update(model, decayed, factors)
    factors.weight_decay = 0
    update(model, decayed.upperBound..<model.layout.count, factors)
    return norm
  }

  private func update(_ model: Transformer, _ range: Range<Int>, _ factors: ck_adamw_step) {
    ck_adamw(
      model.parameters.base + range.lowerBound, model.gradients.base + range.lowerBound,
      firstMoment.base + range.lowerBound, secondMoment.base + range.lowerBound, range.count,
      factors)
  }
}
