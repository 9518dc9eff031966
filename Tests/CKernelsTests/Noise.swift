import Foundation

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

/// Lengths around multiples of the vector widths.
let lengths = [1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100]

/// The slope of `function` along each coordinate at `point`, by central differences.
func slopes(at point: [Double], _ function: ([Double]) -> Double) -> [Double] {
  let h = 1e-5
  return point.indices.map { index in
    var moved = point
    moved[index] = point[index] + h
    let above = function(moved)
    moved[index] = point[index] - h
    return (above - function(moved)) / (2 * h)
  }
}

/// e^x over their sum.
func softmax(_ x: ArraySlice<Double>) -> [Double] {
  let top = x.max()!
  let exponentials = x.map { exp($0 - top) }
  return exponentials.map { $0 / exponentials.reduce(0, +) }
}
