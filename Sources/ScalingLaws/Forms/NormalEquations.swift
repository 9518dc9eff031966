import Foundation

/// Linear least squares in a few unknowns, for starts of fits: rows are added one at a time.
///
/// Columns are scaled to unit length before the solve, so that unknowns of very different sizes do
/// not spoil one another.
struct NormalEquations {
  private let count: Int
  /// Σ row·rowᵀ, row by row, and Σ row·value.
  private var products: [Double]
  private var right: [Double]

  init(unknowns: Int) {
    count = unknowns
    products = [Double](repeating: 0, count: unknowns * unknowns)
    right = [Double](repeating: 0, count: unknowns)
  }

  /// Adds the equation Σ row_k·x_k = value.
  mutating func add(_ row: [Double], value: Double) {
    for i in 0..<count {
      right[i] += row[i] * value
      for j in 0...i { products[i * count + j] += row[i] * row[j] }
    }
  }

  /// The unknowns of least squared error among `kept`, 0 for the others; nil when the rows do not
  /// determine them.
  func solve(keeping kept: [Int]) -> [Double]? {
    let scale = kept.map { products[$0 * count + $0].squareRoot() }
    guard scale.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let size = kept.count
    // Cholesky factor of the scaled matrix, whose diagonal is 1.
    var factor = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for i in 0..<size {
      for j in 0...i {
        let (high, low) = (max(kept[i], kept[j]), min(kept[i], kept[j]))
        var sum = products[high * count + low] / (scale[i] * scale[j])
        for k in 0..<j { sum -= factor[i][k] * factor[j][k] }
        if i == j {
          guard sum > 1e-14 else { return nil }
          factor[i][i] = sum.squareRoot()
        } else {
          factor[i][j] = sum / factor[j][j]
        }
      }
    }
    var x = kept.indices.map { right[kept[$0]] / scale[$0] }
    for i in 0..<size {
      for k in 0..<i { x[i] -= factor[i][k] * x[k] }
      x[i] /= factor[i][i]
    }
    for i in (0..<size).reversed() {
      for k in (i + 1)..<size { x[i] -= factor[k][i] * x[k] }
      x[i] /= factor[i][i]
    }
    var solution = [Double](repeating: 0, count: count)
    for (i, unknown) in kept.enumerated() { solution[unknown] = x[i] / scale[i] }
    return solution
  }

  /// All unknowns.
  func solve() -> [Double]? { solve(keeping: Array(0..<count)) }
}
