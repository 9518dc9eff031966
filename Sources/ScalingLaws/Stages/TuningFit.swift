import Foundation

/// One hyperparameter law fitted to the near-optimal runs.
struct TuningFit {
  /// What is fitted against what.
  struct Target: Hashable {
    var quantity: Hyperparameter
    var variables: [LawVariable]

    /// `B(D)`.
    var name: String {
      "\(quantity.variable.name)(\(variables.map(\.name).joined(separator: ", ")))"
    }
  }

  var target: Target
  var fit: LogLinearFit
  /// Near-optimal runs that the hyperparameter is known of, without outliers.
  var rows: [Int]
  /// Runs dropped, in order.
  var outliers: [Int64]
  private var runs: [TuningRun]
  private var cellOfRow: [Int]
  private var columns: [[Double]]
  private var y: [Double]

  /// - Parameter kept: near-optimal runs by cell.
  /// - Throws: `tooFew` cells; `variableConstant`.
  init(_ target: Target, kept: [[TuningRun]], limit: Double?) throws(StageRefusal) {
    self.target = target
    var runs: [TuningRun] = []
    var cellOfRow: [Int] = []
    for (place, cell) in kept.enumerated() {
      for run in cell where run.settings[target.quantity] != nil {
        runs.append(run)
        cellOfRow.append(place)
      }
    }
    let have = Set(cellOfRow).count
    let need = target.variables.count + 1
    guard have >= need else {
      throw .tooFew(stage: target.name, what: "cells", have: have, need: need)
    }
    let places = target.variables.map { runs[0].cell.variables.firstIndex(of: $0)! }
    let columns = places.map { place in runs.map { log($0.cell.coordinates[place]) } }
    let y = runs.map { log($0.settings[target.quantity]!) }
    guard let first = LogLinearFit(columns: columns, y: y) else {
      throw .variableConstant(
        quantity: target.quantity.variable.name,
        variable: target.variables.map(\.name).joined(separator: " and "))
    }
    let far = Set(limit.map { Self.outliers(first, columns, y, limit: $0) } ?? [])
    let near = y.indices.filter { !far.contains($0) }
    // Without the outliers a variable may no longer vary; then they stay.
    let second = far.isEmpty ? nil : LogLinearFit(columns: columns, y: y, rows: near)
    fit = second ?? first
    rows = second == nil ? Array(y.indices) : near
    outliers = second == nil ? [] : far.map { runs[$0].run }.sorted()
    self.runs = runs
    self.cellOfRow = cellOfRow
    self.columns = columns
    self.y = y
  }

  /// Rows whose residual exceeds `limit` robust standard deviations.
  private static func outliers(
    _ fit: LogLinearFit, _ columns: [[Double]], _ y: [Double], limit: Double
  ) -> [Int] {
    let sizes = y.indices.map { abs(y[$0] - fit.value(columns, row: $0)) }
    let sorted = sizes.sorted()
    let middle = sorted.count / 2
    let median =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    // Settings lie on a grid; where most runs are on the law to the last bit, nothing is far from it.
    guard median > 1e-9 else { return [] }
    return sizes.indices.filter { sizes[$0] > limit * 1.4826 * median }
  }

  /// The law with its bootstraps.
  func law(_ options: NearOptimalOptions) -> PowerProductLaw {
    var generator = SplitMix64(seed: options.seed)
    let byRun = resamples(options.bootstraps) {
      rows.map { _ in rows[generator.index(below: rows.count)] }
    }
    let cells = Dictionary(grouping: rows, by: { cellOfRow[$0] }).sorted { $0.key < $1.key }
    let byCell = resamples(options.bootstraps) {
      cells.flatMap { _ in cells[generator.index(below: cells.count)].value }
    }
    let squares = rows.reduce(0) {
      let residual = y[$1] - fit.value(columns, row: $1)
      return $0 + residual * residual
    }
    return PowerProductLaw(
      quantity: target.quantity.variable, variables: target.variables, fit: fit,
      samples: [.run: byRun, .cell: byCell], level: options.level,
      ranges: columns.map { column in
        let values = rows.map { column[$0] }
        return FittedRange(exp(values.min()!), exp(values.max()!))
      },
      logResidual: (squares / Double(rows.count)).squareRoot(),
      runs: rows.map { runs[$0].run }.sorted())
  }

  /// The coefficients of resamples; one that does not determine them is left out.
  private func resamples(_ count: Int, _ draw: () -> [Int]) -> [[Double]] {
    (0..<count).compactMap { _ in
      LogLinearFit(columns: columns, y: y, rows: draw())?.coefficients
    }
  }
}
