import Foundation

/// Student's t distribution with a whole number of degrees of freedom.
struct StudentT {
  var degreesOfFreedom: Int

  /// P(|T| ≤ t), by the finite sums of Abramowitz and Stegun 26.7.3 and 26.7.4.
  func central(_ t: Double) -> Double {
    let angle = atan(t / Double(degreesOfFreedom).squareRoot())
    let square = cos(angle) * cos(angle)
    let isOdd = degreesOfFreedom % 2 == 1
    var term = isOdd ? cos(angle) : 1
    var sum = degreesOfFreedom == 1 ? 0 : term
    for j in stride(from: isOdd ? 3 : 2, to: degreesOfFreedom, by: 2) {
      term *= square * Double(j - 1) / Double(j)
      sum += term
    }
    return isOdd ? 2 / Double.pi * (angle + sin(angle) * sum) : sin(angle) * sum
  }

  /// The t with P(|T| ≤ t) = `level`; infinite without a degree of freedom.
  func quantile(central level: Double) -> Double {
    guard degreesOfFreedom > 0 else { return .infinity }
    var high = 1.0
    while central(high) < level { high *= 2 }
    var low = 0.0
    while high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if central(middle) < level { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// Φ(x), the standard normal distribution.
func normalShare(below x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
