import Foundation

/// The work of one leverage analysis, its inputs put in a fixed order.
struct LeverageStudy {
  var options: LeverageOptions
  var seed: UInt64
  var bootstraps: Int
  var envelope: Envelope
  /// MoE groups in key order.
  var groups: [RunGroup]
  /// MoE runs in order of id.
  var runs: [ObservedRun]
  var dense: DenseCurve
  /// Over seconds; nil unless two budgets' best sizes were timed.
  var timed: DenseCurve?
  /// The budgets of `timed` among the envelope's.
  var timedCells: [Int]
  var plan: ResamplePlan

  /// Budgets that a dense curve needs.
  static let neededBudgets = 2

  init(
    runs: [ObservedRun], seed: UInt64, bootstraps: Int, options: LeverageOptions
  ) throws(ScalingLawsError) {
    try Self.validate(runs, bootstraps: bootstraps, options: options)
    let groups = RunGroup.grouping(runs)
    let denseGroups = groups.filter { $0.runs[0].isDense }
    guard !denseGroups.isEmpty else { throw .noDenseRuns }
    let envelope = Envelope(groups: denseGroups)
    let cells = envelope.points
    guard cells.count >= Self.neededBudgets else {
      throw .tooFewDenseBudgets(have: cells.count, need: Self.neededBudgets)
    }
    let points = cells.map {
      CurvePoint(x: $0.compute, loss: $0.loss, replicates: $0.runs.count)
    }
    dense = try DenseCurve(points: points, groups: groups, options: options)
    timedCells = cells.indices.filter { cells[$0].seconds != nil }
    let timedPoints = cells.compactMap { cell in
      cell.seconds.map { CurvePoint(x: $0, loss: cell.loss, replicates: cell.runs.count) }
    }
    // Leverage in time is an addition: a curve over seconds that cannot be fitted leaves it out.
    timed =
      timedPoints.count >= Self.neededBudgets
      ? try? DenseCurve(points: timedPoints, groups: groups, options: options) : nil
    self.options = options
    self.seed = seed
    self.bootstraps = bootstraps
    self.envelope = envelope
    self.groups = groups.filter { !$0.runs[0].isDense }
    self.runs = runs.filter { !$0.isDense }.sorted { $0.id < $1.id }
    plan = ResamplePlan(
      scheme: options.resampling, count: bootstraps, seed: seed,
      replicates: points.map(\.replicates), runs: self.runs.count,
      degreesOfFreedom: dense.noise?.degreesOfFreedom ?? 0)
  }

  static func validate(
    _ runs: [ObservedRun], bootstraps: Int, options: LeverageOptions
  ) throws(ScalingLawsError) {
    guard bootstraps >= 0 else {
      throw .outsideDomain(quantity: "bootstraps", value: Double(bootstraps), domain: "0 or more")
    }
    guard options.level > 0, options.level < 1 else {
      throw .outsideDomain(quantity: "level", value: options.level, domain: "between 0 and 1")
    }
    for residual in [options.lossResidual, options.leverageResidual] {
      if case .huber(let delta) = residual, !(delta > 0 && delta.isFinite) {
        throw .outsideDomain(quantity: "Huber δ", value: delta, domain: "δ > 0")
      }
    }
    var seen: Set<Int64> = []
    for run in runs.sorted(by: { $0.id < $1.id }) {
      guard seen.insert(run.id).inserted else { throw .duplicateRun(id: run.id) }
      try run.validate()
    }
  }

  /// Everything fitted and put together.
  func analysis() -> LeverageAnalysis {
    let samples = LeverageSamples(study: self)
    let rows = runs.indices.map { row(of: $0, samples) }
    let groupRows = groups.map { row(of: $0, samples) }
    return LeverageAnalysis(
      options: options, seed: seed, bootstraps: bootstraps, envelope: envelope,
      noise: dense.noise,
      laws: denseLaws() + timedLaws()
        + activationLaws(rows: groupRows, samples: samples),
      runs: rows, groups: groupRows, warnings: warnings(rows: rows))
  }
}
