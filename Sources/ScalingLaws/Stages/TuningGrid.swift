/// The runs of a sweep by cell.
struct TuningGrid {
  /// Runs compared with each other.
  struct Cell {
    var cell: TuningCell
    /// In order of run id.
    var runs: [TuningRun]
  }

  /// In order of their coordinates.
  var cells: [Cell]

  /// - Parameter runs: in order of id.
  init(_ runs: [TuningRun]) throws(StageRefusal) {
    guard let first = runs.first else { throw .noRuns(stage: "a hyperparameter law") }
    for run in runs where run.cell.variables != first.cell.variables {
      throw .mixedCells(run: run.run)
    }
    // A sweep of one hyperparameter has a law of that one.
    guard runs.contains(where: { !$0.settings.isEmpty }) else {
      throw .settingMissing(
        variable: Hyperparameter.allCases.map(\.variable.name).joined(separator: " or "))
    }
    cells = Dictionary(grouping: runs, by: \.cell)
      .map { Cell(cell: $0.key, runs: $0.value) }
      .sorted { $0.cell.coordinates.lexicographicallyPrecedes($1.cell.coordinates) }
  }

  /// The laws that these runs can tell: of each hyperparameter that some cell tried two values of.
  var targets: [TuningFit.Target] {
    let variables = cells[0].cell.variables
    return Hyperparameter.allCases.flatMap { hyperparameter -> [TuningFit.Target] in
      let tuned = cells.contains { distinct(hyperparameter, $0).count > 1 }
      guard tuned else { return [] }
      let all = TuningFit.Target(quantity: hyperparameter, variables: variables)
      guard hyperparameter == .batchTokens, variables.count > 1 else { return [all] }
      return [all, TuningFit.Target(quantity: hyperparameter, variables: [.tokens])]
    }
  }

  /// The best run of a cell.
  func best(_ place: Int) -> TuningRun {
    cells[place].runs.min { ($0.loss, $0.run) < ($1.loss, $1.run) }!
  }

  /// The near-optimal runs of each cell, in order of id.
  func kept(share: Double) -> [[TuningRun]] {
    cells.indices.map { place in
      let best = best(place)
      return share == 0
        ? [best] : cells[place].runs.filter { $0.loss <= best.loss * (1 + share) }
    }
  }

  /// A best value at the edge of those tried, or too few tried to tell.
  var warnings: [StageWarning] {
    Set(targets.map(\.quantity)).sorted { $0.rawValue > $1.rawValue }.flatMap { hyperparameter in
      cells.indices.compactMap { place -> StageWarning? in
        let name = hyperparameter.variable.name
        let tried = distinct(hyperparameter, cells[place]).sorted()
        guard let value = best(place).settings[hyperparameter] else { return nil }
        let cell = cells[place].cell.description
        guard tried.count >= 3 else {
          return .fewSettings(variable: name, cell: cell, tried: tried.count)
        }
        if value == tried.first {
          return .bestSettingAtEdge(variable: name, cell: cell, edge: .smallest)
        }
        return value == tried.last
          ? .bestSettingAtEdge(variable: name, cell: cell, edge: .largest) : nil
      }
    }
  }

  private func distinct(_ hyperparameter: Hyperparameter, _ cell: Cell) -> Set<Double> {
    Set(cell.runs.compactMap { $0.settings[hyperparameter] })
  }
}
