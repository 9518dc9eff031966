import Foundation

/// A minimum in the form's own coordinates, with what is needed to judge it.
public struct FitResult: Hashable, Sendable {
  public var theta: [Double]
  /// Σ ρ(r / unit).
  public var objective: Double
  /// log y − log ŷ of each point, in the points' order.
  public var residuals: [Double]
  public var diagnostics: FitDiagnostics

  /// Σ r².
  public var squaredResiduals: Double { residuals.reduce(0) { $0 + $1 * $1 } }

  /// Akaike's criterion with the small-sample term (Hurvich and Tsai 1989) for normal residuals;
  /// infinite when there are not more than `parameters + 2` points, where it is undefined.
  public var correctedAkaike: Double {
    let n = Double(residuals.count)
    let k = Double(theta.count + 1)
    guard n - k - 1 > 0 else { return .infinity }
    // A floor far below any training noise keeps exact data from giving log 0.
    let variance = max(squaredResiduals / n, 1e-18)
    return n * log(variance) + 2 * k + 2 * k * (k + 1) / (n - k - 1)
  }
}

/// How the starts of a fit ended.
public struct FitDiagnostics: Hashable, Codable, Sendable {
  /// Starts tried.
  public var starts: Int
  /// Starts that ended at the best objective.
  public var reached: Int
  /// Those of them that had to move to get there.
  public var travelled: Int
  /// Largest free component of the gradient at the minimum.
  public var gradient: Double
  /// Evaluations of the objective over all starts.
  public var evaluations: Int

  /// What the starts say against the minimum.
  public var warnings: [LawWarning] {
    if travelled == 0 { return [.stuckAtStart(starts: starts)] }
    if reached * 2 < starts { return [.minimumNotReproduced(reached: reached, starts: starts)] }
    return []
  }
}
