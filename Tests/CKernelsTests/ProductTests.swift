import CKernels
import Testing

@Suite("Small products against plain loops")
struct ProductTests {
  /// Rows, columns and inner size: around the sizes of tiles, vectors and panels.
  static let shapes = [
    (1, 1, 1), (3, 5, 7), (4, 8, 8), (6, 16, 16), (7, 17, 9), (12, 32, 33), (13, 33, 24),
    (32, 16, 32), (5, 24, 40), (97, 16, 20), (101, 40, 31), (8, 12, 300), (130, 48, 520),
  ]

  @Test(
    "a·b and its transposes, set and added", arguments: shapes,
    [(false, false), (true, false), (false, true), (true, true)])
  func product(_ shape: (Int, Int, Int), _ transposed: (Bool, Bool)) {
    let (rows, columns, inner) = shape
    var noise = Noise(20)
    let (a, b) = (noise.array(rows * inner), noise.array(inner * columns))
    let before = noise.array(rows * (columns + 3))
    let aSteps = transposed.0 ? (1, rows) : (inner, 1)
    let bSteps = transposed.1 ? (1, inner) : (columns, 1)
    var (set, added) = (exact(before), exact(before))
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = 0.0
        for k in 0..<inner {
          sum += Double(a[i * aSteps.0 + k * aSteps.1]) * Double(b[k * bSteps.0 + j * bSteps.1])
        }
        set[i * (columns + 3) + j] = sum
        added[i * (columns + 3) + j] += sum
      }
    }
    eachLevel {
      var c = before
      ck_product(
        a, aSteps.0, aSteps.1, b, bSteps.0, bSteps.1, &c, columns + 3, rows, columns, inner, 0)
      #expect(difference(c, set) < 2e-6)
      c = before
      ck_product(
        a, aSteps.0, aSteps.1, b, bSteps.0, bSteps.1, &c, columns + 3, rows, columns, inner, 1)
      #expect(difference(c, added) < 2e-6)
    }
  }
}
