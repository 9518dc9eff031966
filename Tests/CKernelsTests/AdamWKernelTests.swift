import CKernels
import Testing

@Suite("The AdamW kernel")
struct AdamWKernelTests {
  @Test("three steps against plain loops", arguments: lengths)
  func steps(_ count: Int) {
    eachLevel {
      var noise = Noise(13)
      var p = noise.array(count)
      var (m, v) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
      var (expected, m1, v1) = (exact(p), exact(m), exact(v))
      for t in 1...3 {
        let g = noise.array(count)
        let step = factors(t, weightDecay: 0.1, gradientScale: 0.5)
        ck_adamw(&p, g, &m, &v, count, step)
        for i in 0..<count {
          let gradient = 0.5 * Double(g[i])
          m1[i] = 0.9 * m1[i] + 0.1 * gradient
          v1[i] = 0.95 * v1[i] + 0.05 * gradient * gradient
          let root = (v1[i] * Double(step.correction2)).squareRoot() + 1e-8
          expected[i] -= 0.1 * (0.1 * expected[i] + m1[i] * Double(step.correction1) / root)
        }
      }
      #expect(difference(p, expected) < 1e-5)
      #expect(difference(m, m1) < 1e-5)
      #expect(difference(v, v1) < 1e-5)
    }
  }

  @Test("two steps of one parameter, worked out by hand")
  func golden() {
    eachLevel {
      var (p, m, v): ([Float], [Float], [Float]) = ([1], [0], [0])
      // m̂ = g and v̂ = g² after the first step: 1 − 0.1·0.1·1 − 0.1·1.
      ck_adamw(&p, [0.5], &m, &v, 1, factors(1, weightDecay: 0.1))
      #expect(abs(p[0] - 0.89) < 1e-6)
      // m̂ = (0.9·0.05 − 0.1·0.5)/0.19 = −1/38, v̂ = 0.25.
      ck_adamw(&p, [-0.5], &m, &v, 1, factors(2, weightDecay: 0.1))
      #expect(abs(p[0] - (0.89 - 0.0089 + 0.1 / 19)) < 1e-6)
    }
  }

  @Test("a sum of squares does not drift with its length", arguments: lengths + [4096, 1_000_003])
  func sumOfSquares(_ count: Int) {
    eachLevel {
      var noise = Noise(14)
      let x = noise.array(count)
      let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(ck_sum_of_squares(x, count) - expected) < 1e-6 * expected)
    }
  }

  private func factors(
    _ t: Int, weightDecay: Float, gradientScale: Float = 1
  ) -> ck_adamw_step {
    var step = ck_adamw_step()
    step.learning_rate = 0.1
    (step.beta1, step.beta2) = (0.9, 0.95)
    step.epsilon = 1e-8
    step.weight_decay = weightDecay
    step.gradient_scale = gradientScale
    let power = { (base: Double) in (0..<t).reduce(1.0) { product, _ in product * base } }
    step.correction1 = Float(1 / (1 - power(0.9)))
    step.correction2 = Float(1 / (1 - power(0.95)))
    return step
  }
}
