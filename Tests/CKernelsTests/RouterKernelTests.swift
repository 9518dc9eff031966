import CKernels
import Foundation
import Testing

@Suite("The router's kernels against plain loops")
struct RouterKernelTests {
  static let gates = [ck_gate_softmax_renormalised, ck_gate_softmax, ck_gate_sigmoid].map(
    \.rawValue)
  /// Experts and top_k.
  static let shapes = [(1, 1), (3, 2), (16, 4), (17, 1), (33, 33), (64, 8), (257, 9)]
  let tokens = 5

  @Test("scores, choice and weights", arguments: gates, shapes)
  func forward(_ gate: UInt32, _ shape: (Int, Int)) {
    eachLevel {
      let (experts, topK) = shape
      let run = Run(gate, tokens: tokens, experts: experts, topK: topK)
      var sums = [Double](repeating: 0, count: experts)
      for token in 0..<tokens {
        let logits = exact(Array(run.logits[token * experts..<(token + 1) * experts]))
        let truth = reference(gate, logits, run.bias, topK)
        #expect(run.chosen[token * topK..<(token + 1) * topK].map(Int.init) == truth.chosen)
        #expect(
          difference(Array(run.scores[token * experts..<(token + 1) * experts]), truth.scores)
            < 1e-6)
        #expect(
          difference(Array(run.weights[token * topK..<(token + 1) * topK]), truth.weights) < 1e-5)
        #expect(abs(Double(run.logSumExp[token]) - truth.logSumExp) < 1e-5)
        for i in 0..<experts { sums[i] += truth.probabilities[i] }
      }
      #expect(difference(run.sums, sums) < 1e-5)
    }
  }

  @Test("the gradient of weights, balance and z-loss together", arguments: gates, shapes)
  func backward(_ gate: UInt32, _ shape: (Int, Int)) {
    eachLevel {
      let (experts, topK) = shape
      let run = Run(gate, tokens: tokens, experts: experts, topK: topK)
      var noise = Noise(16)
      let (dWeights, balance) = (noise.array(tokens * topK), noise.array(experts))
      var dLogits = [Float](repeating: .nan, count: tokens * experts)
      ck_router_backward(
        Int32(gate), run.logits, run.scores, run.logSumExp, run.chosen, run.weights, dWeights,
        balance,
        0.4, &dLogits, tokens, experts, topK)
      let expected = (0..<tokens).flatMap { token in
        slopes(at: exact(Array(run.logits[token * experts..<(token + 1) * experts]))) { logits in
          let chosen = run.chosen[token * topK..<(token + 1) * topK].map(Int.init)
          let truth = reference(gate, logits, run.bias, topK, chosen: chosen)
          let weighted = (0..<topK).reduce(0.0) {
            $0 + truth.weights[$1] * Double(dWeights[token * topK + $1])
          }
          let spread = zip(truth.probabilities, balance).reduce(0) { $0 + $1.0 * Double($1.1) }
          return weighted + spread + 0.4 / 2 * truth.logSumExp * truth.logSumExp
        }
      }
      #expect(difference(dLogits, expected) < 1e-5)
    }
  }

  /// What one token's logits should become.
  private func reference(
    _ gate: UInt32, _ logits: [Double], _ bias: [Float], _ topK: Int, chosen: [Int]? = nil
  ) -> (
    scores: [Double], chosen: [Int], weights: [Double], probabilities: [Double], logSumExp: Double
  ) {
    let isSigmoid = gate == ck_gate_sigmoid.rawValue
    let scores = isSigmoid ? logits.map { 1 / (1 + exp(-$0)) } : softmax(logits[...])
    let biased = zip(scores, bias).map { $0 + Double($1) }
    let chosen = chosen ?? Array(biased.indices.sorted { biased[$0] > biased[$1] }.prefix(topK))
    let kept = gate == ck_gate_softmax.rawValue ? 1 : chosen.reduce(0) { $0 + scores[$1] }
    let total = scores.reduce(0, +)
    let top = logits.max()!
    return (
      scores, chosen, chosen.map { scores[$0] / kept }, scores.map { $0 / total },
      top + log(logits.reduce(0) { $0 + exp($1 - top) })
    )
  }

  @Test("among equals the lower index is chosen first", arguments: [3, 16, 40])
  func ties(_ experts: Int) {
    eachLevel {
      let run = Run(
        ck_gate_softmax.rawValue, logits: [Float](repeating: 0.5, count: experts),
        bias: [Float](repeating: 0, count: experts), tokens: 1, experts: experts, topK: experts)
      #expect(run.chosen.map(Int.init) == Array(0..<experts))
    }
  }

  @Test("logits that are not numbers still choose experts that exist")
  func notANumber() {
    eachLevel {
      let run = Run(
        ck_gate_softmax.rawValue, logits: [Float](repeating: .nan, count: 6), tokens: 2, experts: 3,
        topK: 2)
      #expect(run.chosen.allSatisfy { 0 <= $0 && $0 < 3 })
    }
  }
}

/// One call of the forward kernel on random logits, and what it wrote.
private struct Run {
  let logits, bias: [Float]
  var scores, logSumExp, weights, sums: [Float]
  var chosen: [Int32]

  init(
    _ gate: UInt32, logits: [Float]? = nil, bias: [Float]? = nil, tokens: Int, experts: Int,
    topK: Int
  ) {
    var noise = Noise(15)
    self.logits = logits ?? noise.array(tokens * experts, scale: 3)
    self.bias = bias ?? noise.array(experts, scale: 0.2)
    scores = [Float](repeating: .nan, count: tokens * experts)
    logSumExp = [Float](repeating: .nan, count: tokens)
    weights = [Float](repeating: .nan, count: tokens * topK)
    sums = [Float](repeating: 0, count: experts)
    chosen = [Int32](repeating: -1, count: tokens * topK)
    var scratch = [Float](repeating: .nan, count: experts + (experts + 15) / 16)
    ck_router_forward(
      Int32(gate), self.logits, self.bias, &scores, &logSumExp, &chosen, &weights, &sums, &scratch,
      tokens,
      experts, topK)
  }
}
