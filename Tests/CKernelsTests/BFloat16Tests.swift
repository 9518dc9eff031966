import CKernels
import Testing

@Suite("Rounding to bfloat16 against its definition")
struct BFloat16Tests {
  private func rounded(_ x: [Float]) -> [Float] {
    var out = [Float](repeating: .nan, count: x.count)
    ck_round_to_bfloat16(x, x.count, &out, 1, x.count)
    return out
  }

  @Test("each number goes to the nearest with eight bits of significand", arguments: lengths)
  func nearest(_ columns: Int) {
    eachLevel {
      var noise = Noise(20)
      let x = noise.array(columns, scale: 1000)
      for (number, found) in zip(x, rounded(x)) {
        // The two neighbours with an empty lower half.
        let below = Float(bitPattern: number.bitPattern & 0xFFFF_0000)
        let above = Float(bitPattern: (number.bitPattern & 0xFFFF_0000) + 0x1_0000)
        #expect(found == below || found == above)
        #expect(abs(found - number) <= min(abs(below - number), abs(above - number)))
      }
    }
  }

  @Test("ties go to the even one; infinities stay, numbers too large become them, a NaN stays one")
  func edges() {
    let (even, odd) = (Float(bitPattern: 0x3F80_8000), Float(bitPattern: 0x3F81_8000))
    let nan = Float(bitPattern: 0x7FFF_FFFF)
    let x: [Float] = [
      0, -0.0, 1, even, odd, .infinity, -.infinity, .greatestFiniteMagnitude, nan, -nan, .nan,
      Float(bitPattern: 0x7F80_0001), .leastNonzeroMagnitude,
    ]
    eachLevel {
      let found = rounded(x)
      #expect(
        found.prefix(5).map(\.bitPattern) == [0, 1 << 31, 0x3F80_0000, 0x3F80_0000, 0x3F82_0000])
      #expect(Array(found[5...7]) == [.infinity, -.infinity, .infinity])
      #expect(found[8...11].allSatisfy { $0.isNaN })
      #expect(found[12] == 0)
    }
  }

  @Test("the halves are the same numbers, row by row")
  func halves() {
    eachLevel {
      var noise = Noise(21)
      let (rows, columns, stride) = (3, 37, 40)
      let x = noise.array(rows * stride)
      var halves = [UInt16](repeating: 0, count: rows * columns)
      var floats = [Float](repeating: .nan, count: rows * columns)
      ck_to_bfloat16(x, stride, &halves, rows, columns)
      ck_round_to_bfloat16(x, stride, &floats, rows, columns)
      #expect(halves.map { Float(bitPattern: UInt32($0) << 16) } == floats)
      let all = rounded(x)
      #expect(floats == (0..<rows).flatMap { all[$0 * stride..<$0 * stride + columns] })
    }
  }
}
