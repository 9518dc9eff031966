import CKernels
import Foundation
import Testing

@Suite("The causal softmax against plain loops")
struct SoftmaxTests {
  /// Rows, columns, and the first row's position.
  static let shapes = [(1, 1, 0), (3, 3, 0), (5, 17, 12), (16, 16, 0), (20, 50, 30), (9, 31, 4)]

  @Test("each query weighs the keys up to its own, the others get nothing", arguments: shapes)
  func forward(_ rows: Int, _ columns: Int, _ first: Int) {
    eachLevel {
      let stride = columns + 3
      var noise = Noise(5)
      let before = noise.array(rows * stride, scale: 20)
      var scores = before
      ck_causal_softmax_forward(&scores, rows, columns, stride, first)
      var expected = exact(before)
      for row in 0..<rows {
        let start = row * stride
        let weights = softmax(expected[start..<start + min(columns, first + row + 1)])
        let padding = [Double](repeating: 0, count: columns - weights.count)
        expected.replaceSubrange(start..<start + columns, with: weights + padding)
      }
      #expect(difference(scores, expected) < 1e-6)
    }
  }

  @Test("scores far apart neither overflow nor lose the largest")
  func extremes() {
    eachLevel {
      var scores: [Float] = [3e38, -3e38, 0, 3e38]
      ck_causal_softmax_forward(&scores, 1, 4, 4, 3)
      #expect(abs(scores[0] - 0.5) < 1e-6 && abs(scores[3] - 0.5) < 1e-6)
      #expect(scores[1] >= 0 && scores[1] < 1e-37 && scores[2] < 1e-37)
    }
  }

  @Test("a score that is not a number spoils its row")
  func notANumber() {
    eachLevel {
      var scores: [Float] = [1, .nan, 2]
      ck_causal_softmax_forward(&scores, 1, 3, 3, 2)
      #expect(scores.contains { !$0.isFinite })
    }
  }

  @Test("the gradient of the scores", arguments: shapes)
  func backward(_ rows: Int, _ columns: Int, _ first: Int) {
    eachLevel {
      let (stride, dStride) = (columns + 3, columns + 1)
      var noise = Noise(6)
      var p = noise.array(rows * stride, scale: 2)
      ck_causal_softmax_forward(&p, rows, columns, stride, first)
      let before = noise.array(rows * dStride)
      var dp = before
      ck_causal_softmax_backward(p, &dp, rows, columns, stride, dStride, 0.7)
      var expected = exact(before)
      for row in 0..<rows {
        let mean = (0..<columns).reduce(0.0) {
          $0 + Double(p[row * stride + $1]) * Double(before[row * dStride + $1])
        }
        for column in 0..<columns {
          let weight = Double(p[row * stride + column])
          expected[row * dStride + column] =
            0.7 * weight * (Double(before[row * dStride + column]) - mean)
        }
      }
      #expect(difference(dp, expected) < 1e-6)
    }
  }
}
