import CKernels
import Testing

@Suite("RMSNorm against plain loops")
struct RMSNormTests {
  static let epsilon: Float = 1e-5

  @Test("y = x · gain / √(mean x² + ε), and the scales", arguments: lengths)
  func forward(_ width: Int) {
    eachLevel {
      let rows = 3
      var noise = Noise(2)
      let (x, gain) = (noise.array(rows * width), noise.array(width))
      var y = [Float](repeating: .nan, count: rows * width)
      var rstd = [Float](repeating: .nan, count: rows)
      ck_rms_norm_forward(x, gain, &y, &rstd, rows, width, Self.epsilon)
      let truth = reference(exact(x), exact(gain), rows: rows)
      #expect(difference(y, truth.y) < 1e-6)
      #expect(difference(rstd, truth.rstd) < 1e-6)
    }
  }

  @Test("the gradients are added to what is there", arguments: lengths)
  func backward(_ width: Int) {
    eachLevel {
      let rows = 3
      var noise = Noise(3)
      let (x, gain, dy) = (noise.array(rows * width), noise.array(width), noise.array(rows * width))
      let (before, gainBefore) = (noise.array(rows * width), noise.array(width))
      var (dx, dgain) = (before, gainBefore)
      let rstd = reference(exact(x), exact(gain), rows: rows).rstd.map { Float($0) }
      ck_rms_norm_backward(x, gain, rstd, dy, &dx, &dgain, rows, width)

      let loss = { (x: [Double], gain: [Double]) in
        zip(reference(x, gain, rows: rows).y, dy).reduce(0) { $0 + $1.0 * Double($1.1) }
      }
      let alongX = slopes(at: exact(x)) { loss($0, exact(gain)) }
      let alongGain = slopes(at: exact(gain)) { loss(exact(x), $0) }
      #expect(difference(dx, zip(before, alongX).map { Double($0) + $1 }) < 1e-5)
      #expect(difference(dgain, zip(gainBefore, alongGain).map { Double($0) + $1 }) < 1e-5)
    }
  }

  private func reference(
    _ x: [Double], _ gain: [Double], rows: Int
  ) -> (y: [Double], rstd: [Double]) {
    let width = gain.count
    var result: (y: [Double], rstd: [Double]) = ([], [])
    for row in 0..<rows {
      let part = x[row * width..<(row + 1) * width]
      let square = part.reduce(0) { $0 + $1 * $1 } / Double(width)
      let scale = 1 / (square + Double(Self.epsilon)).squareRoot()
      result.rstd.append(scale)
      result.y += zip(part, gain).map { $0 * scale * $1 }
    }
    return result
  }
}
