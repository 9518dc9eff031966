/// The run whose removal moves a parameter most.
///
/// Rows are screened by Cook's distance; the likeliest few are left out in turn and everything is
/// fitted again. A move counts in the smaller of the parameter's standard errors with and without the
/// run, so that neither an outlier nor a lone far run hides behind the error that it causes itself.
struct Influence {
  /// The row.
  var row: Int
  /// The coordinate that it moves most.
  var parameter: Int
  /// In standard errors.
  var shift: Double

  /// Moves beyond this are worth a warning. One standard error is passed by chance in every second
  /// clean fit of a dozen rows.
  static let limit = 2.0
  /// Rows that are left out in turn.
  private static let screened = 5

  /// Nil when no run moves a parameter of `parameters` by more than the limit, or when leaving one out
  /// would leave no degree of freedom.
  init?(
    _ problem: FitProblem, _ sample: FitSample, best: BoundedMinimiser.End, curvature: Curvature,
    parameters: [Int]
  ) {
    let rows = sample.weights.indices.filter { sample.weights[$0] > 0 }
    guard rows.count > curvature.free.count + 1 else { return nil }
    let likeliest = rows.map { (row: $0, influence: curvature.influence(of: $0)) }
      .filter { $0.influence > Self.limit / 4 }
      .sorted { ($1.influence, $0.row) < ($0.influence, $1.row) }
      .prefix(Self.screened)
    var worst: Influence?
    for (row, _) in likeliest {
      var without = sample
      without.weights[row] = 0
      let end = problem.minimum(of: without, from: best.theta)
      guard end.converged else { continue }
      let errors = Curvature(problem, without, at: end.theta).standardErrors
      for k in parameters {
        let smaller = min(curvature.standardErrors[k] ?? .infinity, errors[k] ?? .infinity)
        guard smaller > 0, smaller.isFinite else { continue }
        let shift = abs(end.theta[k] - best.theta[k]) / smaller
        if shift > worst?.shift ?? Self.limit {
          worst = Influence(row: row, parameter: k, shift: shift)
        }
      }
    }
    guard let worst else { return nil }
    self = worst
  }

  private init(row: Int, parameter: Int, shift: Double) {
    self.row = row
    self.parameter = parameter
    self.shift = shift
  }
}
