import CKernels
import Foundation
import Testing

@Suite("Rotary embedding against complex rotation")
struct RotaryTests {
  @Test("heads turn, what lies between the rows stays", arguments: [2, 4, 6, 16, 32, 34])
  func rotation(_ headDim: Int) {
    eachLevel {
      let (rows, heads, seqLen) = (7, 2, 3)
      let (half, stride) = (headDim / 2, heads * headDim + 5)
      let angles = (0..<seqLen * half).map { 0.3 * Double($0) }
      let (cosines, sines) = (angles.map { Float(cos($0)) }, angles.map { Float(sin($0)) })
      var noise = Noise(4)
      let before = noise.array(rows * stride)
      var expected = exact(before)
      for row in 0..<rows {
        for head in 0..<heads {
          for pair in 0..<half {
            let left = row * stride + head * headDim + pair
            let angle = angles[row % seqLen * half + pair]
            let (a, b) = (Double(before[left]), Double(before[left + half]))
            expected[left] = a * cos(angle) - b * sin(angle)
            expected[left + half] = a * sin(angle) + b * cos(angle)
          }
        }
      }
      var x = before
      ck_rope(&x, cosines, sines, rows, heads, headDim, stride, seqLen, 1)
      #expect(difference(x, expected) < 1e-6)
      ck_rope(&x, cosines, sines, rows, heads, headDim, stride, seqLen, -1)
      #expect(difference(x, exact(before)) < 1e-6)
    }
  }
}
