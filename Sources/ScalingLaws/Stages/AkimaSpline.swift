/// Akima's piecewise cubic (Akima 1970, J. ACM 17, 589): it passes through the knots, and the slope at
/// a knot depends on the two knots on either side only, so that one noisy loss does not ring through
/// the whole profile.
public struct AkimaSpline: Hashable, Sendable {
  /// Knots, rising.
  public let x: [Double]
  /// Values at the knots.
  public let y: [Double]
  /// Slope at each knot.
  private let slopes: [Double]

  /// - Parameters:
  ///   - x: two knots or more, finite and strictly rising.
  ///   - y: a finite value for each.
  /// - Throws: `tooFewPoints`; `invalidPoint` for what is not finite; `outsideDomain` for a knot that
  ///   does not rise.
  public init(x: [Double], y: [Double]) throws(ScalingLawsError) {
    let count = min(x.count, y.count)
    guard count >= 2, x.count == y.count else {
      throw .tooFewPoints(form: "Akima spline", have: count, need: max(2, x.count, y.count))
    }
    for index in 0..<count {
      guard x[index].isFinite else { throw .invalidPoint(index: index, value: x[index]) }
      guard y[index].isFinite else { throw .invalidPoint(index: index, value: y[index]) }
      guard index == 0 || x[index] > x[index - 1] else {
        throw .outsideDomain(
          quantity: "knot \(index)", value: x[index], domain: "above the knot before it")
      }
    }
    self.init(risingX: x, y: y)
  }

  /// Knots that are known to be two or more, finite and rising.
  init(risingX x: [Double], y: [Double]) {
    self.x = x
    self.y = y
    slopes = Self.slopes(x, y)
  }

  /// The value at `at`; outside the knots the end cubics go on.
  public func callAsFunction(_ at: Double) -> Double {
    var low = 0
    var high = x.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if x[middle] <= at { low = middle } else { high = middle }
    }
    return value(at, in: low)
  }

  /// The value at `at` by the cubic between knots `i` and `i + 1`.
  func value(_ at: Double, in i: Int) -> Double {
    let width = x[i + 1] - x[i]
    let chord = (y[i + 1] - y[i]) / width
    let d = at - x[i]
    let second = (3 * chord - 2 * slopes[i] - slopes[i + 1]) / width
    let third = (slopes[i] + slopes[i + 1] - 2 * chord) / (width * width)
    return y[i] + d * (slopes[i] + d * (second + d * third))
  }

  /// Chords, two more at either end by the paper's parabola (m₋₁ = 2·m₀ − m₁), then at each knot the
  /// mean of the chords before and after it, each weighted by how much the slope changes on the other
  /// side.
  private static func slopes(_ x: [Double], _ y: [Double]) -> [Double] {
    var m: [Double] = []
    m.reserveCapacity(x.count + 3)
    m += [0, 0]
    for i in 1..<x.count { m.append((y[i] - y[i - 1]) / (x[i] - x[i - 1])) }
    let end = m.count - 1
    // Of a single chord the parabola is the line itself.
    m[1] = x.count > 2 ? 2 * m[2] - m[3] : m[2]
    m[0] = 2 * m[1] - m[2]
    m.append(x.count > 2 ? 2 * m[end] - m[end - 1] : m[end])
    m.append(2 * m[end + 1] - m[end])
    let largest = m.reduce(0) { max($0, abs($1)) }
    return x.indices.map { (i: Int) -> Double in
      let right = abs(m[i + 3] - m[i + 2])
      let left = abs(m[i + 1] - m[i])
      // Where the slope changes on neither side, the paper takes the plain mean; rounding must not
      // decide between two chords there.
      guard right + left > 1e-9 * largest else { return (m[i + 1] + m[i + 2]) / 2 }
      return (right * m[i + 1] + left * m[i + 2]) / (right + left)
    }
  }
}
