/// Reproducible numbers between −1 and 1.
struct Noise {
  private var state: UInt64

  init(_ seed: UInt64 = 1) { state = seed }

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
  }

  mutating func array(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in scale * next() }
  }
}

/// The largest difference, relative to the largest number expected.
func difference(_ found: [Float], _ expected: [Double]) -> Double {
  precondition(found.count == expected.count)
  let largest = expected.map(abs).max() ?? 0
  let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
  return largest == 0 ? worst : worst / largest
}

/// `x` in double precision.
func exact(_ x: [Float]) -> [Double] { x.map(Double.init) }
