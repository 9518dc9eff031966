/// How a residual r of the logarithm counts in the sum that a fit minimises. Terms are summed, not
/// averaged: averaging shrinks the objective under the minimiser's tolerances (Besiroglu et al. 2024).
public enum ResidualLoss: Hashable, Codable, Sendable {
  /// r² / 2.
  case squared
  /// Huber: r² / 2 up to |r| = δ, then δ·|r| − δ² / 2.
  case huber(delta: Double)

  /// The length that residuals are measured in, so that the objective is of order one.
  var unit: Double {
    switch self {
    case .squared: 0.01
    case .huber(let delta): delta
    }
  }

  /// Value and derivative at a residual measured in `unit`.
  @inline(__always)
  func evaluate(_ r: Double) -> (value: Double, slope: Double) {
    switch self {
    case .squared: return (r * r / 2, r)
    case .huber:
      let size = abs(r)
      return size <= 1 ? (r * r / 2, r) : (size - 0.5, r < 0 ? -1 : 1)
    }
  }

  /// Second derivative at a residual measured in `unit`.
  @inline(__always)
  func curvature(_ r: Double) -> Double {
    switch self {
    case .squared: 1
    case .huber: abs(r) <= 1 ? 1 : 0
    }
  }

  /// Whether a residual can be so large that its second derivative is 0.
  var isLinearFarOut: Bool {
    switch self {
    case .squared: false
    case .huber: true
    }
  }
}
