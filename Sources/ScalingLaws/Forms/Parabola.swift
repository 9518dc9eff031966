/// y = base + slope·x + curvature·x² by least squares, for starts.
struct Parabola {
  var base: Double
  var slope = 0.0
  var curvature = 0.0

  /// A line or a constant where the points do not determine more.
  init(_ points: [FitPoint<Double>]) {
    let n = Double(max(1, points.count))
    let middle = points.reduce(0) { $0 + $1.input } / n
    var equations = NormalEquations(unknowns: 3)
    for point in points {
      let x = point.input - middle
      equations.add([1, x, x * x], value: point.logValue)
    }
    let found =
      equations.solve() ?? equations.solve(keeping: [0, 1])
      ?? [points.reduce(0) { $0 + $1.logValue } / n, 0, 0]
    base = found[0] - found[1] * middle + found[2] * middle * middle
    slope = found[1] - 2 * found[2] * middle
    curvature = found[2]
  }
}
