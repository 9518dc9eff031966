import Foundation

/// L = α·x^(−β), fitted as log L = a − β·u with u = log(x / x₀) and a = log L(x₀).
///
/// x₀ is the geometric mean of the data: there a and β are uncorrelated, and a change of x's unit
/// changes nothing but α. β may be negative; a curve that rises is a warning, not a bound.
public struct PowerLawForm: LawForm {
  public let name = "power law"
  public let count = 2

  public init() {}

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at u: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = 1
    gradient[1] = -u
    return theta[0] - theta[1] * u
  }

  public func bounds(for points: [FitPoint<Double>]) -> ParameterBounds {
    ParameterBounds(lower: [-700, -50], upper: [700, 50])
  }

  /// Least squares, and lines of half and twice its slope and of none through the mean.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    let line = leastSquaresLine(points)
    return [1, 0, 0.5, 2].map { [line.mean, -line.slope * $0] }
  }
}

/// L = α·x^(−β) + E, fitted as log L = log(exp(a − β·u) + exp(e)) with β and E in logarithms.
public struct OffsetPowerLawForm: LawForm {
  public let name = "power law with offset"
  public let count = 3

  public init() {}

  /// E below this share of the smallest loss counts as collapsed to zero.
  public static let collapsedShare = 0.01

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at u: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let beta = exp(theta[1])
    let reducible = theta[0] - beta * u
    let top = max(reducible, theta[2])
    let value = top + log(exp(reducible - top) + exp(theta[2] - top))
    let share = exp(reducible - value)
    gradient[0] = share
    gradient[1] = -share * u * beta
    gradient[2] = 1 - share
    return value
  }

  /// β from 1e-3 to 5, E from a thousandth of the smallest loss up to it.
  public func bounds(for points: [FitPoint<Double>]) -> ParameterBounds {
    let smallest = points.map(\.logValue).min() ?? 0
    return ParameterBounds(
      lower: [-700, log(1e-3), smallest + log(1e-3)], upper: [700, log(5), smallest])
  }

  /// E at 0.002, 0.25, 0.5, 0.75, 0.9 and 0.97 of the smallest loss; for each the least-squares line
  /// of log(L − E), with its slope, half and twice it.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    let smallest = points.map(\.logValue).min() ?? 0
    let box = bounds(for: points)
    return [0.002, 0.25, 0.5, 0.75, 0.9, 0.97].flatMap { share -> [[Double]] in
      let offset = exp(smallest) * share
      let reduced = points.map {
        FitPoint(input: $0.input, logValue: log(exp($0.logValue) - offset))
      }
      let line = leastSquaresLine(reduced)
      return [1, 0.5, 2].map { factor in
        let beta = log(max(-line.slope * factor, 2e-3))
        return [line.mean, min(max(beta, box.lower[1]), box.upper[1]), smallest + log(share)]
      }
    }
  }
}

/// y = x^k through (1, 1), fitted as log y = k·log x: leverage against the activation ratio, which is
/// 1 for the dense model at A = 1 (arXiv 2507.17702, Eq. 10 without saturation).
public struct UnitPowerLawForm: LawForm {
  public let name = "power law through one"
  public let count = 1

  public init() {}

  public func logValue(
    _ theta: UnsafeBufferPointer<Double>, at u: Double,
    gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    gradient[0] = u
    return theta[0] * u
  }

  public func bounds(for points: [FitPoint<Double>]) -> ParameterBounds {
    ParameterBounds(lower: [-50], upper: [50])
  }

  /// Least squares through the origin, none, half and twice that.
  public func starts(for points: [FitPoint<Double>]) -> [[Double]] {
    let xx = points.reduce(0) { $0 + $1.input * $1.input }
    let xy = points.reduce(0) { $0 + $1.input * $1.logValue }
    let slope = xx > 0 ? xy / xx : 0
    return [1, 0, 0.5, 2].map { [slope * $0] }
  }
}

/// Ordinary least squares of the log values: the value at the mean of the inputs, which are centred
/// by their callers, and the slope.
func leastSquaresLine(_ points: [FitPoint<Double>]) -> (mean: Double, slope: Double) {
  let n = Double(points.count)
  let x = points.reduce(0) { $0 + $1.input } / n
  let y = points.reduce(0) { $0 + $1.logValue } / n
  var xx = 0.0
  var xy = 0.0
  for point in points {
    xx += (point.input - x) * (point.input - x)
    xy += (point.input - x) * (point.logValue - y)
  }
  let slope = xx > 0 ? xy / xx : 0
  return (y - slope * x, slope)
}
