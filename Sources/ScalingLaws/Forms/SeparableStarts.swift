import Foundation

/// Starts for forms that are sums of positive terms p_k·φ_k(x; s), whose prefactors p follow from the
/// shape s by linear least squares (variable projection, Golub and Pereyra 1973). A grid over s alone
/// is searched, and its best few shapes become starts.
struct SeparableStarts<Input: Sendable> {
  /// Number of terms, at most 8.
  var terms: Int
  /// ln φ_k of each term at a shape.
  var logTerms: (_ shape: [Double], _ input: Input) -> SIMD8<Double>
  /// Shapes kept.
  var kept = 8

  /// The best shapes of `grid` with the logarithms of their prefactors, best first.
  func best(
    of grid: [[Double]], for points: [FitPoint<Input>]
  ) -> [(shape: [Double], logPrefactors: [Double])] {
    grid.map { solve($0, points) }.sorted { $0.error < $1.error }.prefix(kept)
      .map { ($0.shape, $0.logPrefactors) }
  }

  private func solve(
    _ shape: [Double], _ points: [FitPoint<Input>]
  ) -> (shape: [Double], logPrefactors: [Double], error: Double) {
    // Rows are φ_k / y, so that residuals are relative; each term is centred by its mean logarithm.
    let rows = points.map { logTerms(shape, $0.input) - $0.logValue }
    let n = Double(max(1, rows.count))
    let centre = rows.reduce(SIMD8()) { $0 + $1 } / n
    var equations = NormalEquations(unknowns: terms)
    let scaled = rows.map { row in (0..<terms).map { exp(row[$0] - centre[$0]) } }
    for row in scaled { equations.add(row, value: 1) }
    let solution = positive(equations)
    let error = scaled.reduce(0) { sum, row in
      let miss = zip(row, solution).reduce(-1) { $0 + $1.0 * $1.1 }
      return sum + miss * miss
    }
    // A term that the data do not want still gets a ten-thousandth, from where it can grow.
    let logPrefactors = (0..<terms).map { log(max(solution[$0], 1e-4)) - centre[$0] }
    return (shape, logPrefactors, error.isFinite ? error : .infinity)
  }

  /// Least squares with the terms of negative prefactor left out, one after another.
  private func positive(_ equations: NormalEquations) -> [Double] {
    var kept = Array(0..<terms)
    while !kept.isEmpty {
      guard let solution = equations.solve(keeping: kept) else {
        kept.removeLast()
        continue
      }
      guard let worst = kept.min(by: { solution[$0] < solution[$1] }), solution[worst] < 0 else {
        return solution
      }
      kept.removeAll { $0 == worst }
    }
    return [Double](repeating: 1 / Double(terms), count: terms)
  }
}

/// Every combination of one value from each list, the last list fastest.
func combinations(_ lists: [[Double]]) -> [[Double]] {
  lists.reduce([[]]) { found, list in found.flatMap { head in list.map { head + [$0] } } }
}
