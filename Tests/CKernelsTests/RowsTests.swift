import CKernels
import Testing

@Suite("Moving rows against plain loops")
struct RowsTests {
  @Test("gathering copies the rows that the index names", arguments: lengths)
  func gather(_ width: Int) {
    eachLevel {
      var noise = Noise(10)
      let x = noise.array(4 * width)
      let index: [Int32] = [3, 0, 0, 2, 3]
      var out = [Float](repeating: .nan, count: index.count * width)
      ck_gather_rows(x, index, &out, index.count, width)
      #expect(out == index.flatMap { x[Int($0) * width..<(Int($0) + 1) * width] })
    }
  }

  @Test("scattering adds every row, repeated ones too", arguments: lengths)
  func scatter(_ width: Int) {
    eachLevel {
      var noise = Noise(11)
      let index: [Int32] = [3, 0, 0, 2, 3]
      let (x, before) = (noise.array(index.count * width), noise.array(4 * width))
      var (out, expected) = (before, exact(before))
      ck_scatter_add_rows(x, index, nil, &out, index.count, width)
      for (row, target) in index.enumerated() {
        for i in 0..<width { expected[Int(target) * width + i] += Double(x[row * width + i]) }
      }
      #expect(difference(out, expected) < 1e-6)

      let scales = noise.array(index.count)
      (out, expected) = (before, exact(before))
      ck_scatter_add_rows(x, index, scales, &out, index.count, width)
      for (row, target) in index.enumerated() {
        for i in 0..<width {
          expected[Int(target) * width + i] += Double(scales[row]) * Double(x[row * width + i])
        }
      }
      #expect(difference(out, expected) < 1e-6)
    }
  }

  @Test("scaling multiplies each row by its number", arguments: lengths)
  func scale(_ width: Int) {
    eachLevel {
      var noise = Noise(12)
      let (before, scales) = (noise.array(3 * width), noise.array(3))
      var x = before
      ck_scale_rows(&x, scales, 3, width)
      #expect(x == before.indices.map { before[$0] * scales[$0 / width] })
    }
  }
}
