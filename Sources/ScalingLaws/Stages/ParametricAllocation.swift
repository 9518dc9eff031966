import Foundation

/// Allocation laws from a fit of L = E + A·N^(−α) + B·D^(−β) to all runs (Hoffmann et al. 2022,
/// arXiv 2203.15556, §3.3): with C = k·N·D,
///
///     N_opt = G·(C/k)^a,  D_opt = G^(−1)·(C/k)^b,
///     G = (α·A / β·B)^(1/(α+β)),  a = β/(α+β),  b = α/(α+β).
public struct ParametricAllocation: Hashable, Codable, Sendable {
  public var measure: SizeMeasure
  /// The fit behind it.
  public var loss: LawFit
  /// k, the geometric mean of C / (N·D): 6 for N, 1 for M.
  public var flopsPerProduct: Double
  /// N_opt or M_opt against C.
  public var size: PowerProductLaw
  /// D_opt against C.
  public var tokens: PowerProductLaw
  public var warnings: [StageWarning]

  /// - Parameters:
  ///   - points: of one family, at sizes and tokens that vary apart.
  ///   - options: of the fit; its bootstrap gives the spreads.
  /// - Throws: `noRuns`, `noInteriorOptimum`, `fit`.
  public init(
    points: [IsoFLOPPoint], measure: SizeMeasure,
    options: FitOptions = .init(loss: .huber(delta: 1e-3))
  ) throws(StageRefusal) {
    guard !points.isEmpty else { throw .noRuns(stage: "a parametric allocation") }
    let points = points.sorted { $0.run < $1.run }
    loss = try staged { () throws(ScalingLawsError) in
      for point in points { try point.validate() }
      return try LawFit.fit(
        ChinchillaForm(),
        to: LawData(
          rows: points.map {
            LawData.Row(
              run: $0.run, cell: "\($0.budget)", variables: [$0.size, $0.tokens], value: $0.loss)
          }), options: options)
    }
    self.measure = measure
    let logs = points.map { log($0.budget) - log($0.size) - log($0.tokens) }
    let logK = logs.reduce(0, +) / Double(logs.count)
    flopsPerProduct = exp(logK)
    guard let central = Self.optimum(loss.theta, logK: logK) else {
      throw .noInteriorOptimum(alpha: loss.theta[3], beta: loss.theta[4])
    }
    let drawn = (loss.resamples?.thetas ?? []).compactMap { Self.optimum($0, logK: logK) }
    let budgets = points.map(\.budget)
    let range = FittedRange(budgets.min()!, budgets.max()!)
    let unit: BootstrapUnit =
      switch loss.resamples?.scheme {
      case .runs: .run
      case .cells: .cell
      case .residuals, nil: .noise
      }
    let rows = loss.rows
    let residual = (rows.reduce(0) { $0 + $1.residual * $1.residual } / Double(rows.count))
      .squareRoot()
    func law(_ quantity: LawVariable, _ value: (Optimum) -> LogLinearFit) -> PowerProductLaw {
      PowerProductLaw(
        quantity: quantity, variables: [.compute], fit: value(central),
        samples: [unit: drawn.map { value($0).coefficients }], level: options.level,
        ranges: [range], logResidual: residual, runs: rows.map(\.run))
    }
    size = law(measure.variable, \.size)
    tokens = law(.tokens, \.tokens)
    warnings = loss.warnings.map(StageWarning.fit)
    let draws = loss.resamples?.thetas.count ?? 0
    if drawn.count < draws {
      warnings.append(.fit(.resamplesFailed(failed: draws - drawn.count, of: draws)))
    }
  }

  /// log-linear coefficients of both laws.
  private struct Optimum {
    var size: LogLinearFit
    var tokens: LogLinearFit
  }

  /// From θ = (ln E, ln A, ln B, α, β); nil without an interior optimum.
  private static func optimum(_ theta: [Double], logK: Double) -> Optimum? {
    let (alpha, beta) = (theta[3], theta[4])
    guard alpha > 1e-6, beta > 1e-6 else { return nil }
    let sum = alpha + beta
    let logG = (log(alpha) + theta[1] - log(beta) - theta[2]) / sum
    return Optimum(
      size: LogLinearFit(coefficients: [logG - logK * beta / sum, beta / sum]),
      tokens: LogLinearFit(coefficients: [-logG - logK * alpha / sum, alpha / sum]))
  }
}
