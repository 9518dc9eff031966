import CKernels
import Foundation
import Testing

@Suite("A layer's experts against plain loops")
struct ExpertsTests {
  /// Width of the model, width of an expert, pairs of each expert: none, one, more than a chunk.
  static let shapes = [
    (8, 3, [2, 0, 1, 4]), (16, 8, [0, 9, 0]), (32, 16, [33, 7]), (24, 20, [300, 1, 129]),
  ]

  @Test("outputs, and the gradients of inputs, weights and both matrices", arguments: shapes)
  func outputsAndGradients(_ d: Int, _ width: Int, _ pairs: [Int]) {
    let layer = RandomLayer(d: d, width: width, pairs: pairs)
    let truth = layer.reference()
    eachLevel {
      let found = layer.run()
      #expect(difference(found.y, truth.y) < 1e-5)
      #expect(difference(found.dx, truth.dx) < 1e-5)
      #expect(difference(found.dWeights, truth.dWeights) < 1e-5)
      #expect(difference(found.dGateUp, truth.dGateUp) < 1e-5)
      #expect(difference(found.dDown, truth.dDown) < 1e-5)
      let squares = (truth.dGateUp + truth.dDown).reduce(0) { $0 + $1 * $1 }
      #expect(abs(found.squares - squares) < 1e-5 * squares)
      let again = layer.run()
      #expect(found.y == again.y && found.dx == again.dx && found.dGateUp == again.dGateUp)
    }
  }
}

/// Random experts, tokens and gradients, and what should come of them.
private struct RandomLayer {
  let d, width, tokens: Int
  let starts, token: [Int32]
  let gateUp, down, weights, x, dy, y, dx: [Float]

  struct Outcome<Number> {
    var y, dx, dWeights, dGateUp, dDown: [Number]
    var squares = 0.0
  }

  init(d: Int, width: Int, pairs: [Int]) {
    self.d = d
    self.width = width
    var noise = Noise(21)
    let tokens = (pairs.max() ?? 0) + 2
    self.tokens = tokens
    starts = pairs.reduce(into: [0]) { $0.append($0.last! + Int32($1)) }
    // Any token, but none twice at one expert.
    token = pairs.flatMap { count in (0..<count).map { Int32(($0 + count) % tokens) } }
    gateUp = noise.array(pairs.count * d * 2 * width, scale: 0.5)
    down = noise.array(pairs.count * width * d, scale: 0.5)
    weights = noise.array(token.count)
    x = noise.array(tokens * d)
    dy = noise.array(tokens * d)
    y = noise.array(tokens * d)
    dx = noise.array(tokens * d)
  }

  func run() -> Outcome<Float> {
    var result = Outcome<Float>(
      y: y, dx: dx, dWeights: .init(repeating: .nan, count: token.count),
      dGateUp: .init(repeating: .nan, count: gateUp.count),
      dDown: .init(repeating: .nan, count: down.count))
    var slopes = [Float](repeating: .nan, count: token.count * 2 * width)
    var activated = [Float](repeating: .nan, count: token.count * width)
    var scratch = [Float](repeating: .nan, count: Int(CK_EXPERT_ROWS) * (3 * d + 4 * width))
    slopes.withUnsafeMutableBufferPointer { slopes in
      activated.withUnsafeMutableBufferPointer { activated in
        scratch.withUnsafeMutableBufferPointer { scratch in
          gateUp.withUnsafeBufferPointer { gateUp in
            down.withUnsafeBufferPointer { down in
              starts.withUnsafeBufferPointer { starts in
                token.withUnsafeBufferPointer { token in
                  weights.withUnsafeBufferPointer { weights in
                    var experts = ck_experts(
                      count: starts.count - 1, d: d, width: width, gate_up: gateUp.baseAddress,
                      down: down.baseAddress, starts: starts.baseAddress,
                      tokens: token.baseAddress, weights: weights.baseAddress,
                      slopes: slopes.baseAddress, activated: activated.baseAddress,
                      scratch: scratch.baseAddress)
                    ck_experts_forward(&experts, x, &result.y)
                    result.squares = ck_experts_backward(
                      &experts, x, dy, &result.dx, &result.dGateUp, &result.dDown,
                      &result.dWeights)
                  }
                }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// In double precision, one number at a time.
  func reference() -> Outcome<Double> {
    var result = Outcome<Double>(
      y: exact(y), dx: exact(dx), dWeights: .init(repeating: 0, count: token.count),
      dGateUp: .init(repeating: 0, count: gateUp.count),
      dDown: .init(repeating: 0, count: down.count))
    for expert in 0..<starts.count - 1 {
      for pair in Int(starts[expert])..<Int(starts[expert + 1]) {
        add(pair, of: expert, to: &result)
      }
    }
    return result
  }

  private func add(_ pair: Int, of expert: Int, to result: inout Outcome<Double>) {
    let row = Int(token[pair]) * d
    let weight = Double(weights[pair])
    for unit in 0..<width {
      let gateColumn = expert * d * 2 * width + unit
      let downRow = (expert * width + unit) * d
      var (gate, up, dOut) = (0.0, 0.0, 0.0)
      for i in 0..<d {
        gate += Double(x[row + i]) * Double(gateUp[gateColumn + i * 2 * width])
        up += Double(x[row + i]) * Double(gateUp[gateColumn + i * 2 * width + width])
        dOut += Double(dy[row + i]) * Double(down[downRow + i])
      }
      let sigmoid = 1 / (1 + exp(-gate))
      let out = gate * sigmoid * up
      let dGate = weight * dOut * up * sigmoid * (1 + gate * (1 - sigmoid))
      let dUp = weight * dOut * gate * sigmoid
      result.dWeights[pair] += out * dOut
      for i in 0..<d {
        let (gateAt, upAt) = (gateColumn + i * 2 * width, gateColumn + i * 2 * width + width)
        result.y[row + i] += weight * out * Double(down[downRow + i])
        result.dDown[downRow + i] += weight * out * Double(dy[row + i])
        result.dx[row + i] += dGate * Double(gateUp[gateAt]) + dUp * Double(gateUp[upAt])
        result.dGateUp[gateAt] += dGate * Double(x[row + i])
        result.dGateUp[upAt] += dUp * Double(x[row + i])
      }
    }
  }
}
