import Foundation

/// How well a form describes the rows that it was fitted to, in natural logarithms of its quantity.
///
/// The criteria are those of normal residuals, up to a constant that all forms share on the same
/// rows: n·ln(Σr²/n) + 2k (Akaike 1974), + 2k(k+1)/(n−k−1) (Hurvich and Tsai 1989), and
/// n·ln(Σr²/n) + k·ln n (Schwarz 1978), where k counts the free parameters and the noise.
public struct FitQuality: Hashable, Codable, Sendable {
  /// Rows fitted.
  public var rows: Int
  public var freeParameters: Int
  /// √(Σr² / n), weighted by the rows' weights.
  public var rmse: Double
  /// 1 − Σr² / Σ(log y − mean)²; nil when log y does not vary.
  public var rSquared: Double?
  public var akaike: Double
  /// Nil where it is undefined: with no more than `freeParameters + 2` rows.
  public var correctedAkaike: Double?
  public var bayes: Double

  /// n − p; what is left to tell the noise.
  public var degreesOfFreedom: Int { rows - freeParameters }

  init(residuals: [Double], targets: [Double], weights: [Double], freeParameters: Int) {
    rows = weights.count { $0 > 0 }
    self.freeParameters = freeParameters
    let total = weights.reduce(0, +)
    let mean = zip(targets, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let squares = zip(residuals, weights).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
    let spread = zip(targets, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
    rmse = (squares / total).squareRoot()
    rSquared = spread > 0 ? 1 - squares / spread : nil
    let n = Double(rows)
    let k = Double(freeParameters + 1)
    // A floor far below any training noise keeps exact data from giving ln 0.
    let fit = n * log(max(squares / total, 1e-18))
    akaike = fit + 2 * k
    correctedAkaike = n - k - 1 > 0 ? akaike + 2 * k * (k + 1) / (n - k - 1) : nil
    bayes = fit + k * log(n)
  }
}
