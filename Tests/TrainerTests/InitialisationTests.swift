import Experiment
import Testing

@testable import Trainer

@Suite("Initial parameters")
struct InitialisationTests {
  private let architecture = Architecture(
    layers: 2, dModel: 32, heads: 4, kvHeads: 2, dFFN: 48, dExpert: 24, experts: 8, topK: 2,
    sharedExperts: 1, denseLayers: 1, vocab: 256, seqLen: 8)

  private func parameters(_ architecture: Architecture, _ scheme: RunSpec.Initialisation)
    -> FloatBuffer
  {
    let layout = ParameterLayout(architecture)
    let buffer = FloatBuffer(count: layout.count)
    layout.initialise(buffer, scheme, seed: 5)
    return buffer
  }

  @Test("have the standard deviation of their scheme, gains are one")
  func deviation() {
    let layout = ParameterLayout(architecture)
    for (scheme, output) in [
      (RunSpec.Initialisation.fanIn, 1 / 32.0.squareRoot()), (.normal(sigma: 0.02), 0.02),
    ] {
      #expect(scheme.sigma(of: layout.output) == output)
      let buffer = parameters(architecture, scheme)
      for tensor in layout.tensors {
        let values = tensor.range.map { Double(buffer.base[$0]) }
        guard tensor.kind != .gain else {
          #expect(values.allSatisfy { $0 == 1 })
          continue
        }
        let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
        // Four standard errors of a standard deviation.
        let tolerance = 4 / (2 * Double(values.count)).squareRoot()
        #expect(abs(deviation / scheme.sigma(of: tensor) - 1) < tolerance, "\(tensor.name)")
      }
    }
  }

  @Test("two architectures share what they have in common")
  func shared() {
    var deeper = architecture
    deeper.layers = 3
    let (first, second) = (parameters(architecture, .fanIn), parameters(deeper, .fanIn))
    let other = ParameterLayout(deeper).tensors
    for tensor in ParameterLayout(architecture).tensors {
      let twin = other.first { $0.name == tensor.name }!
      #expect(zip(tensor.range, twin.range).allSatisfy { first.base[$0] == second.base[$1] })
    }
  }
}
