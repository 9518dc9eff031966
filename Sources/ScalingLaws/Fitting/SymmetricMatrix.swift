/// A small symmetric matrix, row by row.
struct SymmetricMatrix: Sendable {
  let order: Int
  private(set) var elements: [Double]

  init(order: Int) {
    self.order = order
    elements = [Double](repeating: 0, count: order * order)
  }

  /// Only the lower triangle, `column ≤ row`, is ever read.
  subscript(row: Int, column: Int) -> Double {
    get { elements[row * order + column] }
    set { elements[row * order + column] = newValue }
  }

  /// L with L·Lᵀ = this; nil when it is not positive definite.
  private func cholesky() -> SymmetricMatrix? {
    var factor = self
    for j in 0..<order {
      for i in j..<order {
        var sum = self[i, j]
        for k in 0..<j { sum -= factor[i, k] * factor[j, k] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          factor[j, j] = sum.squareRoot()
        } else {
          factor[i, j] = sum / factor[j, j]
        }
      }
    }
    return factor
  }

  /// x with this·x = `right`; nil when the matrix is not positive definite.
  func solve(_ right: [Double]) -> [Double]? {
    cholesky().map { $0.substitute(right) }
  }

  /// The inverse; nil when the matrix is not positive definite.
  func inverse() -> SymmetricMatrix? {
    guard let factor = cholesky() else { return nil }
    var result = SymmetricMatrix(order: order)
    for column in 0..<order {
      var unit = [Double](repeating: 0, count: order)
      unit[column] = 1
      for (row, value) in factor.substitute(unit).enumerated() { result[row, column] = value }
    }
    return result
  }

  /// L·Lᵀ·x = `right` for this factor L.
  private func substitute(_ right: [Double]) -> [Double] {
    var x = right
    for i in 0..<order {
      for k in 0..<i { x[i] -= self[i, k] * x[k] }
      x[i] /= self[i, i]
    }
    for i in (0..<order).reversed() {
      for k in (i + 1)..<max(order, i + 1) { x[i] -= self[k, i] * x[k] }
      x[i] /= self[i, i]
    }
    return x
  }
}
