import Foundation

/// The logarithm of a sum of positive terms from the terms' logarithms, without overflow, and each
/// term's share of the sum, which is the derivative by that logarithm. −∞ stands for no term.
@inline(__always)
func logSum<Terms: SIMD<Double>>(_ terms: Terms) -> (value: Double, shares: Terms) {
  var top = terms[0]
  for i in 1..<Terms.scalarCount { top = max(top, terms[i]) }
  var shares = Terms()
  var sum = 0.0
  for i in 0..<Terms.scalarCount {
    let term = exp(terms[i] - top)
    shares[i] = term
    sum += term
  }
  return (top + log(sum), shares / sum)
}

/// log x above `floor` and its tangent below it, with the slope: forms whose formula may fall below
/// zero inside the box of a fit stay smooth there.
@inline(__always)
func flooredLog(_ x: Double, floor: Double = 1e-6) -> (value: Double, slope: Double) {
  x >= floor ? (log(x), 1 / x) : (log(floor) + (x - floor) / floor, 1 / floor)
}
