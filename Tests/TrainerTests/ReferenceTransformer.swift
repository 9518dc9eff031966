import Experiment
import Foundation

@testable import Trainer

/// The model again, in double precision and plain loops, one number at a time: the truth that the
/// fast one is compared with. It has no backward pass; its gradients are central differences.
struct ReferenceTransformer {
  let architecture: Architecture
  let router: RunSpec.Router
  let layout: ParameterLayout
  /// In the layout's order.
  var parameters: [Double]
  /// [MoE layers][E].
  var selectionBias: [[Double]]
  /// The experts of each token, best first, when they are held fixed [MoE layers][T][top_k].
  var selection: [[[Int]]]?

  typealias Rows = [[Double]]

  /// What a forward pass shows.
  struct Outcome {
    var crossEntropy = 0.0
    var auxiliary = 0.0
    var selection: [[[Int]]] = []
    /// The smallest gap between a chosen score and one that was not chosen.
    var margin = Double.infinity
    var total: Double { crossEntropy + auxiliary }
  }

  func forward(inputs: [Int], targets: [Int]) -> Outcome {
    var outcome = Outcome()
    var x = inputs.map { row(layout.embedding, $0) }
    for layer in layout.layers {
      x = add(x, attention(layer, normed(x, layer.attentionNorm)))
      let input = normed(x, layer.feedForwardNorm)
      switch layer.feedForward {
      case .dense(let tensors): x = add(x, input.map { swiGLU(tensors, 0, $0) })
      case .mixture(let tensors): x = add(x, mixture(tensors, input, &outcome))
      }
    }
    for (token, hidden) in normed(x, layout.finalNorm).enumerated() {
      let logits = (0..<architecture.vocab).map { token in
        zip(hidden, row(layout.output, token)).reduce(0) { $0 + $1.0 * $1.1 }
      }
      outcome.crossEntropy +=
        (logSumExp(logits) - logits[targets[token]]) / Double(inputs.count)
    }
    return outcome
  }

  /// The derivative of the total loss in parameter `index`, the choice of experts held fixed.
  mutating func derivative(_ index: Int, inputs: [Int], targets: [Int]) -> Double {
    let value = parameters[index]
    let h = 1e-5
    defer { parameters[index] = value }
    parameters[index] = value + h
    let above = forward(inputs: inputs, targets: targets).total
    parameters[index] = value - h
    let below = forward(inputs: inputs, targets: targets).total
    return (above - below) / (2 * h)
  }

  private func attention(_ layer: ParameterLayout.Layer, _ x: Rows) -> Rows {
    let (s, n, h) = (architecture.seqLen, architecture.headDim, architecture.heads)
    let group = h / architecture.kvHeads
    let projected = x.enumerated().map { token, row in
      let heads = times(row, layer.queryKeyValue)
      // Queries and keys turn with their position, values do not.
      return (0..<h + 2 * architecture.kvHeads).map { index in
        let head = part(heads, index)
        return index < h + architecture.kvHeads ? rotated(head, token % s) : head
      }
    }
    return x.indices.map { token in
      let position = token % s
      var heads: [Double] = []
      for head in 0..<h {
        let query = projected[token][head]
        let seen = (token - position)...token
        let scores = seen.map { other in
          zip(query, projected[other][h + head / group]).reduce(0) { $0 + $1.0 * $1.1 }
            / Double(n).squareRoot()
        }
        let weights = softmax(scores)
        for channel in 0..<n {
          heads.append(
            zip(weights, seen).reduce(0) { sum, pair in
              let value = projected[pair.1][h + architecture.kvHeads + head / group]
              return sum + pair.0 * value[channel]
            })
        }
      }
      return times(heads, layer.attentionOutput)
    }
  }

  private func part(_ row: [Double], _ index: Int) -> [Double] {
    Array(row[index * architecture.headDim..<(index + 1) * architecture.headDim])
  }

  private func rotated(_ x: [Double], _ position: Int) -> [Double] {
    let half = x.count / 2
    return x.indices.map { i in
      let angle = Double(position) * pow(10_000, -Double(i % half) / Double(half))
      return i < half
        ? x[i] * cos(angle) - x[i + half] * sin(angle)
        : x[i - half] * sin(angle) + x[i] * cos(angle)
    }
  }

  private func swiGLU(
    _ tensors: ParameterLayout.SwiGLU, _ index: Int, _ x: [Double]
  ) -> [Double] {
    let gateUp = times(x, tensors.gateUp, index)
    let activated = (0..<tensors.width).map { i in
      gateUp[i] / (1 + exp(-gateUp[i])) * gateUp[i + tensors.width]
    }
    return times(activated, tensors.down, index)
  }

  private func mixture(
    _ tensors: ParameterLayout.Mixture, _ x: Rows, _ outcome: inout Outcome
  ) -> Rows {
    let (e, k) = (architecture.experts, architecture.topK)
    var probabilities = [Double](repeating: 0, count: e)
    var loads = [Double](repeating: 0, count: e)
    var squares = 0.0
    var chosen: [[Int]] = []
    let output = x.enumerated().map { token, row in
      let logits = times(row, tensors.router)
      let scores =
        router.gate == .sigmoid ? logits.map { 1 / (1 + exp(-$0)) } : softmax(logits)
      let biased = zip(scores, selectionBias[tensors.index]).map { $0 + $1 }
      let order = biased.indices.sorted { biased[$0] > biased[$1] }
      let experts = selection?[tensors.index][token] ?? Array(order[..<k])
      if k < e { outcome.margin = min(outcome.margin, biased[order[k - 1]] - biased[order[k]]) }
      chosen.append(experts)
      let kept = experts.reduce(0) { $0 + scores[$1] }
      let total = scores.reduce(0, +)
      for i in 0..<e { probabilities[i] += scores[i] / total / Double(x.count) }
      squares += pow(logSumExp(logits), 2) / Double(x.count)
      var sum = tensors.shared.map { swiGLU($0, 0, row) } ?? row.map { _ in 0 }
      for expert in experts {
        loads[expert] += 1 / Double(x.count * k)
        let weight = router.gate == .softmax ? scores[expert] : scores[expert] / kept
        sum = zip(sum, swiGLU(tensors.experts, expert, row)).map { $0 + weight * $1 }
      }
      return sum
    }
    let overlap = zip(loads, probabilities).reduce(0) { $0 + $1.0 * $1.1 }
    outcome.auxiliary +=
      router.balanceCoefficient * Double(e) * overlap + router.zCoefficient * squares
    outcome.selection.append(chosen)
    return output
  }

  private func normed(_ x: Rows, _ gain: Tensor) -> Rows {
    let gains = row(gain, 0)
    return x.map { row in
      let square = row.reduce(0) { $0 + $1 * $1 } / Double(row.count)
      return zip(row, gains).map { $0 * $1 / (square + 1e-5).squareRoot() }
    }
  }

  private func row(_ tensor: Tensor, _ index: Int) -> [Double] {
    let start = tensor.offset + index * tensor.columns
    return Array(parameters[start..<start + tensor.columns])
  }

  private func times(_ x: [Double], _ tensor: Tensor, _ index: Int = 0) -> [Double] {
    let start = tensor.offset + index * tensor.rows * tensor.columns
    return (0..<tensor.columns).map { column in
      var sum = 0.0
      for i in x.indices { sum += x[i] * parameters[start + i * tensor.columns + column] }
      return sum
    }
  }

  private func add(_ a: Rows, _ b: Rows) -> Rows {
    zip(a, b).map { zip($0, $1).map { $0 + $1 } }
  }
}

private func logSumExp(_ x: [Double]) -> Double {
  let top = x.max()!
  return top + log(x.reduce(0) { $0 + exp($1 - top) })
}

private func softmax(_ x: [Double]) -> [Double] {
  let total = logSumExp(x)
  return x.map { exp($0 - total) }
}
