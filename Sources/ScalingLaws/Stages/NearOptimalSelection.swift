/// Hyperparameter laws from the runs of a sweep that are nearly as good as the best of their cell.
///
/// Over cells that are budgets: η = c·C^b and B = c·C^b. Over (N, D) cells: lr = c·N^a·D^b, B alike,
/// and B = c·D^b alone (arXiv 2503.04715).
public struct NearOptimalSelection: Hashable, Codable, Sendable {
  /// One cell and what was kept of it.
  public struct Cell: Hashable, Codable, Sendable {
    public var cell: TuningCell
    public var bestRun: Int64
    public var bestLoss: Double
    /// Runs of the cell.
    public var tried: Int
    /// Near-optimal runs, in order.
    public var kept: [Int64]
  }

  /// An exponent at one share of near-optimality.
  public struct Sensitivity: Hashable, Codable, Sendable {
    /// The law, such as `B(D)`.
    public var law: String
    public var share: Double
    /// Runs kept at this share.
    public var runs: Int
    /// In the order of the law's variables.
    public var exponents: [Double]
  }

  public var options: NearOptimalOptions
  /// In order of their coordinates.
  public var cells: [Cell]
  /// Each with its bootstraps by run and by cell.
  public var laws: [PowerProductLaw]
  /// For each law, a row for each of the options' shares at which it can be fitted.
  public var sensitivity: [Sensitivity]
  public var warnings: [StageWarning]

  /// Cells below which a bootstrap over them is flagged.
  public static let wantedCells = 8

  /// Selects and fits.
  ///
  /// - Parameter runs: of one family, in any order; the result does not depend on it.
  /// - Throws: `noRuns`, `mixedCells`, `nothingTuned`, `settingMissing`, `tooFew` cells,
  ///   `variableConstant`; `fit` for a run or an option that is invalid, and for a repeated run.
  public init(
    runs: [TuningRun], options: NearOptimalOptions = .init()
  ) throws(StageRefusal) {
    let runs = runs.sorted { $0.run < $1.run }
    try staged { () throws(ScalingLawsError) in
      try options.validate()
      for (index, run) in runs.enumerated() {
        guard index == 0 || runs[index - 1].run != run.run else {
          throw .duplicateRun(id: run.run)
        }
        try run.validate()
      }
    }
    let grid = try TuningGrid(runs)
    let targets = grid.targets
    guard !targets.isEmpty else { throw .nothingTuned }
    let kept = grid.kept(share: options.share)
    self.options = options
    cells = grid.cells.indices.map { place in
      let best = grid.best(place)
      return Cell(
        cell: grid.cells[place].cell, bestRun: best.run, bestLoss: best.loss,
        tried: grid.cells[place].runs.count, kept: kept[place].map(\.run))
    }
    warnings = grid.warnings
    laws = []
    for target in targets {
      let fit = try TuningFit(target, kept: kept, limit: options.outlierLimit)
      laws.append(fit.law(options))
      if !fit.outliers.isEmpty {
        warnings.append(
          .outliersDropped(variable: target.quantity.variable.name, runs: fit.outliers))
      }
    }
    if cells.count < Self.wantedCells {
      warnings.append(.fewCells(have: cells.count, wanted: Self.wantedCells))
    }
    sensitivity = Self.sensitivity(grid, targets, options)
    warnings += zip(targets, laws).flatMap { target, law in
      Self.sensitivityWarnings(law, rows: sensitivity.filter { $0.law == target.name })
    }
  }

  private static func sensitivity(
    _ grid: TuningGrid, _ targets: [TuningFit.Target], _ options: NearOptimalOptions
  ) -> [Sensitivity] {
    targets.flatMap { target in
      options.sensitivityShares.compactMap { share in
        let kept = grid.kept(share: share)
        // A share at which the runs do not determine the law has no row.
        guard let fit = try? TuningFit(target, kept: kept, limit: options.outlierLimit) else {
          return nil
        }
        return Sensitivity(
          law: target.name, share: share, runs: fit.rows.count,
          exponents: Array(fit.fit.coefficients.dropFirst()))
      }
    }
  }

  private static func sensitivityWarnings(
    _ law: PowerProductLaw, rows: [Sensitivity]
  ) -> [StageWarning] {
    // The best runs alone are few, and their own noise would pass for sensitivity.
    let rows = rows.filter { $0.share > 0 }
    return law.exponents.indices.compactMap { place in
      let values = rows.map { $0.exponents[place] }
      guard let low = values.min(), let high = values.max(),
        let error = law.exponents[place].spreads[.cell]?.standardDeviation, high - low > 3 * error
      else { return nil }
      return .thresholdSensitive(
        law: law.name, exponent: law.exponents[place].name, low: low, high: high)
    }
  }
}
