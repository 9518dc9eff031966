import CKernels
import Foundation
import Testing

@Suite("Cross-entropy against plain loops")
struct CrossEntropyTests {
  @Test("the loss and its gradient, rows apart", arguments: lengths)
  func gradient(_ vocab: Int) {
    eachLevel {
      let (rows, stride) = (3, vocab + 5)
      var noise = Noise(9)
      let before = noise.array(rows * stride, scale: 8)
      let targets = (0..<rows).map { Int32($0 * 7 % vocab) }
      var expected = exact(before)
      var loss = 0.0
      for row in 0..<rows {
        let start = row * stride
        let probabilities = softmax(expected[start..<start + vocab])
        loss -= log(probabilities[Int(targets[row])])
        for i in 0..<vocab {
          expected[start + i] = 0.25 * (probabilities[i] - (i == Int(targets[row]) ? 1 : 0))
        }
      }
      var logits = before
      var scales = [Float](repeating: .nan, count: rows)
      let alone = ck_cross_entropy_loss(logits, targets, rows, vocab, stride)
      #expect(logits == before)
      let found = ck_cross_entropy(&logits, targets, &scales, rows, vocab, stride, 0.25)
      for row in 0..<rows {
        for i in 0..<vocab { logits[row * stride + i] *= scales[row] }
      }
      #expect(abs(found - loss) < 1e-5 * max(1, loss))
      #expect(abs(alone - loss) < 1e-5 * max(1, loss))
      #expect(difference(logits, expected) < 1e-6)
    }
  }

  @Test("a logit that is not a number makes the loss one that is not")
  func notANumber() {
    eachLevel {
      #expect(!ck_cross_entropy_loss([1, .nan, 2], [0], 1, 3, 3).isFinite)
      var logits: [Float] = [1, .nan, 2]
      var scales: [Float] = [0]
      #expect(!ck_cross_entropy(&logits, [0], &scales, 1, 3, 3, 1).isFinite)
    }
  }
}
