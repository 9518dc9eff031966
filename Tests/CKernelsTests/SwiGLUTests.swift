import CKernels
import Foundation
import Testing

@Suite("SwiGLU against plain loops")
struct SwiGLUTests {
  private static func reference(_ gateUp: [Double], _ scale: [Double], width: Int) -> [Double] {
    scale.indices.flatMap { row in
      (0..<width).map { i in
        let (gate, up) = (gateUp[2 * row * width + i], gateUp[(2 * row + 1) * width + i])
        return scale[row] * gate / (1 + exp(-gate)) * up
      }
    }
  }

  @Test("silu(gate) · up", arguments: lengths)
  func forward(_ width: Int) {
    let rows = 4
    var noise = Noise(7)
    let gateUp = noise.array(2 * rows * width, scale: 6)
    let ones = [Double](repeating: 1, count: rows)
    eachLevel {
      var slopes = gateUp
      var out = [Float](repeating: .nan, count: rows * width)
      ck_swiglu_forward(&slopes, &out, rows, width)
      #expect(difference(out, Self.reference(exact(gateUp), ones, width: width)) < 1e-6)
    }
  }

  @Test("the gradients of gate, up and scale", arguments: lengths)
  func backward(_ width: Int) {
    let rows = 4
    var noise = Noise(8)
    let (gateUp, scale) = (noise.array(2 * rows * width, scale: 3), noise.array(rows))
    let dout = noise.array(rows * width)
    let ones = [Double](repeating: 1, count: rows)
    let loss = { (gateUp: [Double], scale: [Double]) in
      zip(Self.reference(gateUp, scale, width: width), dout).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let expected = slopes(at: exact(gateUp)) { loss($0, exact(scale)) }
    let unscaled = slopes(at: exact(gateUp)) { loss($0, ones) }
    let alongScale = slopes(at: exact(scale)) { loss(exact(gateUp), $0) }
    eachLevel {
      var left = gateUp
      var out = [Float](repeating: .nan, count: rows * width)
      ck_swiglu_forward(&left, &out, rows, width)
      var dGateUp = [Float](repeating: .nan, count: gateUp.count)
      var dScale = [Float](repeating: .nan, count: rows)
      var scaled = [Float](repeating: .nan, count: rows * width)
      ck_swiglu_backward(left, out, scale, dout, &dGateUp, &dScale, &scaled, rows, width)
      #expect(difference(dGateUp, expected) < 1e-5)
      #expect(difference(dScale, alongScale) < 1e-5)
      #expect(
        difference(scaled, Self.reference(exact(gateUp), exact(scale), width: width)) < 1e-6)
      ck_swiglu_backward(left, nil, nil, dout, &dGateUp, nil, nil, rows, width)
      #expect(difference(dGateUp, unscaled) < 1e-5)
    }
  }

  @Test("gates far from zero saturate")
  func extremes() {
    eachLevel {
      var gateUp: [Float] = [1e30, -1e30, 1, 1]
      var out: [Float] = [.nan, .nan]
      ck_swiglu_forward(&gateUp, &out, 1, 2)
      #expect(out[0] == 1e30)
      #expect(abs(out[1]) < 1e-6)
      #expect(gateUp.allSatisfy { $0.isFinite })
      #expect(gateUp[0] == 1)
    }
  }
}
