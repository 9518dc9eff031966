/// Least squares of y on a constant and columns, each row with a weight.
struct LogLinearFit {
  /// The constant, then one coefficient a column.
  var coefficients: [Double]

  /// Coefficients that are known.
  init(coefficients: [Double]) { self.coefficients = coefficients }

  /// Nil when the rows do not determine the coefficients.
  ///
  /// - Parameters:
  ///   - columns: one array a regressor, one value a row.
  ///   - y: one value a row.
  ///   - weights: one a row; equal ones by default.
  ///   - rows: the rows to use, with repeats; all by default.
  init?(columns: [[Double]], y: [Double], weights: [Double]? = nil, rows: [Int]? = nil) {
    let rows = rows ?? Array(y.indices)
    let count = columns.count
    guard rows.count > count else { return nil }
    func weight(_ row: Int) -> Double { weights?[row] ?? 1 }
    let total = rows.reduce(0) { $0 + weight($1) }
    // Centred, so that the logarithms' large means cost no digits.
    let means = columns.map { column in
      rows.reduce(0) { $0 + weight($1) * column[$1] } / total
    }
    let meanY = rows.reduce(0) { $0 + weight($1) * y[$1] } / total
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
    for row in rows {
      let w = weight(row)
      for i in 0..<count {
        let centred = w * (columns[i][row] - means[i])
        for j in 0..<count { matrix[i][j] += centred * (columns[j][row] - means[j]) }
        matrix[i][count] += centred * (y[row] - meanY)
      }
    }
    guard let slopes = Self.solve(&matrix) else { return nil }
    coefficients = [meanY - zip(slopes, means).reduce(0) { $0 + $1.0 * $1.1 }] + slopes
  }

  /// The fitted value of a row.
  func value(_ columns: [[Double]], row: Int) -> Double {
    columns.indices.reduce(coefficients[0]) { $0 + coefficients[$1 + 1] * columns[$1][row] }
  }

  /// Gauss-Jordan elimination of a positive definite matrix beside its right-hand side.
  private static func solve(_ matrix: inout [[Double]]) -> [Double]? {
    let count = matrix.count
    let scales = (0..<count).map { matrix[$0][$0] }
    for pivot in 0..<count {
      guard matrix[pivot][pivot] > 1e-10 * scales[pivot], scales[pivot] > 0 else { return nil }
      for row in 0..<count where row != pivot {
        let factor = matrix[row][pivot] / matrix[pivot][pivot]
        for column in pivot...count { matrix[row][column] -= factor * matrix[pivot][column] }
      }
    }
    return (0..<count).map { matrix[$0][count] / matrix[$0][$0] }
  }
}
