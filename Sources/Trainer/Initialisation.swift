import Experiment
import Foundation

extension RunSpec.Initialisation {
  /// The standard deviation of `tensor`'s initial weights. With `fanIn` it is 1/√fan_in for
  /// weights, and 1 for embeddings: with a norm before every block only their size relative to what
  /// the blocks add matters, and that has variance near one.
  func sigma(of tensor: Tensor) -> Double {
    switch self {
    case .fanIn: tensor.kind == .embedding ? 1 : 1 / Double(tensor.fanIn).squareRoot()
    case .normal(let sigma): sigma
    }
  }
}

extension ParameterLayout {
  /// Draws the initial parameters. Each tensor has its own stream, from the seed and its name, so
  /// that two architectures share what they have in common.
  func initialise(_ parameters: FloatBuffer, _ initialisation: RunSpec.Initialisation, seed: UInt64)
  {
    for tensor in tensors {
      let start = parameters.base + tensor.offset
      if tensor.kind == .gain {
        start.update(repeating: 1, count: tensor.count)
        continue
      }
      let sigma = initialisation.sigma(of: tensor)
      var generator = Xoshiro256(seed: seed ^ digest(tensor.name))
      for i in stride(from: 0, to: tensor.count, by: 2) {
        let pair = normalPair(&generator)
        start[i] = Float(sigma * pair.0)
        if i + 1 < tensor.count { start[i + 1] = Float(sigma * pair.1) }
      }
    }
  }
}

/// Two independent standard normal numbers (Box and Muller 1958).
private func normalPair(_ generator: inout Xoshiro256) -> (Double, Double) {
  let radius = (-2 * log(1 - generator.uniform())).squareRoot()
  let angle = 2 * Double.pi * generator.uniform()
  return (radius * cos(angle), radius * sin(angle))
}

/// FNV-1a, 64 bits: a stable number for a name.
private func digest(_ name: String) -> UInt64 {
  name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
